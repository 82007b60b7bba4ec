"""The part of Bolt's `App` that listeners use, with the types that Bolt leaves open."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

Listener = Callable[..., Any]
Name = str | re.Pattern[str]


class BoltApp(Protocol):
    """Bolt hands each listener the arguments that it names: `ack`, `body`, `client`, `context`, `event`; and `next_` to
    what it calls before each of them.
    """

    def action(self, constraints: Name) -> Callable[[Listener], Any]: ...

    def command(self, command: Name) -> Callable[[Listener], Any]: ...

    def event(self, event: Name) -> Callable[[Listener], Any]: ...

    def shortcut(self, constraints: Name) -> Callable[[Listener], Any]: ...

    def view(self, constraints: Name) -> Callable[[Listener], Any]: ...

    def view_closed(self, constraints: Name) -> Callable[[Listener], Any]: ...

    def middleware(self, *args: Any) -> Any: ...

    def error(self, func: Listener) -> Any: ...
