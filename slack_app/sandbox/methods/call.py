"""What a method gets to work with: the stand-in and the arguments of one call."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from slack_app.sandbox.arguments import Arguments

if TYPE_CHECKING:
    from slack_app.sandbox.json_values import Json
    from slack_app.sandbox.site import Site
    from slack_app.sandbox.workspace import Workspace


@dataclasses.dataclass(frozen=True, slots=True)
class Call:
    site: Site
    args: Arguments

    @property
    def workspace(self) -> Workspace:
        return self.site.workspace


Handler: TypeAlias = Callable[[Call], "Json"]
