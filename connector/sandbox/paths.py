"""Which v3/v4 path a request means, whatever version and slash form it came with."""

from __future__ import annotations

import re

DATED_VERSIONS = ("2026-03", "2026-09")

_DATED = re.compile(r"^/crm/(objects|properties|pipelines|owners|lists|associations)/([0-9]{4}-[0-9]{2})(/.*)?$")
_DATED_ACCOUNT = re.compile(r"^/account-info/([0-9]{4}-[0-9]{2})(/.*)$")
_DATED_TOKEN = re.compile(r"^/oauth/([0-9]{4}-[0-9]{2}|v3)(/token)$")
_RECORD_ASSOCIATIONS = re.compile(r"^/[^/]+/[^/]+/associations(/|$)")
_VERSION = re.compile(r"^/[a-z-]+/(v[0-9])(/|$)")


def normalise(path: str) -> tuple[str, str]:
    """The path as the v3/v4 API names it, without a trailing slash, and the version the caller wrote.

    A dated version that does not exist stays as it is, and so finds no route.
    """
    path = path.rstrip("/") or "/"
    dated = _DATED.match(path)
    if dated and dated[2] in DATED_VERSIONS:
        area, rest = dated[1], dated[3] or ""
        version = "v4" if area == "associations" or (area == "objects" and _RECORD_ASSOCIATIONS.match(rest)) else "v3"
        return f"/crm/{version}/{area}{rest}", dated[2]
    account = _DATED_ACCOUNT.match(path)
    if account and account[1] in DATED_VERSIONS:
        return f"/account-info/v3{account[2]}", account[1]
    token = _DATED_TOKEN.match(path)
    if token and token[1] in (*DATED_VERSIONS, "v3"):
        return f"/oauth/v1{token[2]}", token[1]
    undated = _VERSION.match(path)
    return path, undated[1] if undated else ""
