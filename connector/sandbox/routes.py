"""Which handler answers a path, and which scope the token needs for it."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from connector.sandbox import (
    associations_api,
    batch_api,
    directory_api,
    lists_api,
    oauth_api,
    objects_api,
    properties_api,
    search,
)
from connector.sandbox.object_names import object_type

if TYPE_CHECKING:
    from connector.sandbox.call import Route

_READING_POSTS = ("/search", "/read")


@dataclasses.dataclass(frozen=True, slots=True)
class _Pattern:
    expression: re.Pattern[str]
    route: Route


class RouteTable:
    """Grouped by the number of segments, so that a call tries a handful of patterns; fixed segments go first."""

    def __init__(self) -> None:
        self._by_length: dict[int, list[_Pattern]] = {}
        modules = (
            search,
            batch_api,
            objects_api,
            associations_api,
            lists_api,
            directory_api,
            properties_api,
            oauth_api,
        )
        for module in modules:
            for route in module.ROUTES:
                expression = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.template) + r"\Z")
                self._by_length.setdefault(route.template.count("/"), []).append(_Pattern(expression, route))
        for patterns in self._by_length.values():
            patterns.sort(key=lambda one: one.route.template.count("{"))

    def find(self, method: str, path: str) -> tuple[Route | None, dict[str, str], bool]:
        """The route and its parameters; the last value tells whether another method has this path."""
        known = False
        for pattern in self._by_length.get(path.count("/"), ()):
            match = pattern.expression.match(path)
            if match is None:
                continue
            if pattern.route.method == method:
                return pattern.route, {name: unquote(value) for name, value in match.groupdict().items()}, True
            known = True
        return None, {}, known


def scope_needed(route: Route, params: dict[str, str]) -> str | None:
    """Activities go with the contacts' scopes; what any token may read needs none here."""
    way = "read" if route.method == "GET" or route.template.endswith(_READING_POSTS) else "write"
    if "/lists" in route.template:
        return f"crm.lists.{way}"
    if "/owners" in route.template:
        return "crm.objects.owners.read"
    if "/properties/" in route.template and way == "write":
        return f"crm.schemas.{_scope_object(params['type'])}.write"
    if "/objects/" in route.template or "/associations/" in route.template:
        return f"crm.objects.{_scope_object(params.get('type') or params.get('from', 'contacts'))}.{way}"
    return None


def _scope_object(segment: str) -> str:
    kind = object_type(segment)
    return kind if kind in ("companies", "deals") else "contacts"
