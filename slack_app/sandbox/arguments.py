"""How the arguments of a call are found, whether they came in the query, as a form or as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

from slack_app.sandbox.api_error import ApiError, invalid_arguments
from slack_app.sandbox.json_values import Json, as_object, as_text

if TYPE_CHECKING:
    from starlette.requests import Request

_TRUE = {"1", "true", "True"}


class Arguments:
    """The arguments of one call. Names the method does not know are never looked at, as in Slack."""

    def __init__(self, values: Json) -> None:
        self.values = values

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None and self.values[name] != ""

    def text(self, name: str) -> str:
        return as_text(self.values.get(name))

    def flag(self, name: str) -> bool:
        value = self.values.get(name)
        return value if isinstance(value, bool) else as_text(value) in _TRUE

    def number(self, name: str, default: int) -> int:
        if name not in self:
            return default
        text = self.text(name)
        if not text.lstrip("-").isdecimal():
            raise invalid_arguments(f"must be an integer [json-pointer:/{name}]")
        return int(text)

    def words(self, name: str) -> list[str]:
        """A comma-separated argument; the SDKs also send such lists as JSON arrays."""
        value = self.values.get(name)
        if isinstance(value, list):
            return [as_text(item) for item in cast("list[object]", value)]
        return [word.strip() for word in as_text(value).split(",") if word.strip()]

    def parsed(self, name: str) -> object:
        """A structured argument: as it is, or parsed where it came as a JSON string. ValueError if it is not JSON."""
        value: object = self.values.get(name)
        if isinstance(value, str):
            return json.loads(value) if value else None
        return value

    def require(self, *names: str) -> None:
        missing = [f"missing required field: {name}" for name in names if name not in self]
        if missing:
            raise invalid_arguments(*missing)


async def read_arguments(request: Request, *, takes_json: bool) -> Arguments:
    """All arguments of the request; the body wins over the query. `takes_json` False ignores a JSON body, as Slack does."""
    values: Json = dict(request.query_params)
    if request.method != "POST":
        return Arguments(values)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if not body:
        return Arguments(values)
    if kind == "application/json":
        values |= _json_body(body) if takes_json else {}
    elif kind == "multipart/form-data":
        form = await request.form()
        values |= {name: value for name, value in form.items() if isinstance(value, str)}
    elif kind in {"application/x-www-form-urlencoded", "text/plain", ""}:
        values |= _form_body(body)
    else:
        raise ApiError("invalid_post_type")
    return Arguments(values)


def _json_body(body: bytes) -> Json:
    try:
        parsed: object = json.loads(body)
    except ValueError as error:
        raise invalid_arguments(f"the body is not JSON: {error}") from error
    found = as_object(parsed)
    if found is None:
        raise invalid_arguments("the JSON body must be an object")
    return found


def _form_body(body: bytes) -> Json:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    except UnicodeDecodeError as error:
        raise ApiError("invalid_charset") from error
