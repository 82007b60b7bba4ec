"""The vendor's API description, and a listener between program and stand-in that compares every call with it."""

from __future__ import annotations

import dataclasses
import gzip
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import orjson
from jsonschema import Draft202012Validator, FormatChecker

from connector.sandbox.paths import normalise

# What the description does not know: the account, and what a private app's token may do.
UNDESCRIBED = ("/account-info/v3/", "/oauth/v2/", "/_control")


class Description:
    def __init__(self, document: Any) -> None:
        self._document = document
        self._validators: dict[str, Draft202012Validator] = {}
        # A named segment is preferred to one that takes anything.
        self._paths = sorted(
            ((_expression(template), operations) for template, operations in document["paths"].items()),
            key=lambda one: one[0].pattern.count("[^/]+"),
        )

    def operation(self, method: str, path: str) -> Any | None:
        for expression, operations in self._paths:
            if expression.fullmatch(path) and method.lower() in operations:
                return operations[method.lower()]
        return None

    def problems(self, schema: Any, value: Any) -> list[str]:
        key = orjson.dumps(schema).decode()
        if key not in self._validators:
            self._validators[key] = validator(self._document, schema)
        return [f"{error.json_path}: {error.message}" for error in self._validators[key].iter_errors(value)]


def validator(document: Any, schema: Any) -> Draft202012Validator:
    whole = _with_nulls(schema | {"components": document["components"]})
    formats = FormatChecker()
    formats.checks("date-time", raises=ValueError)(_is_instant)
    return Draft202012Validator(whole, format_checker=formats)


@dataclasses.dataclass(slots=True)
class Overheard:
    """An ASGI application that hands every call on, and keeps what request or answer have that the description has not."""

    app: Callable[..., Any]
    description: Description
    disagreements: set[str] = dataclasses.field(default_factory=set[str])
    operations: set[str] = dataclasses.field(default_factory=set[str])
    left_out: set[str] = dataclasses.field(default_factory=set[str])

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked, answered = bytearray(), bytearray()
        started: dict[str, Any] = {}

        async def hear() -> Any:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def tell(message: Any) -> None:
            if message["type"] == "http.response.start":
                started.update(message)
            answered.extend(message.get("body", b""))
            await send(message)

        await self.app(scope, hear, tell)
        headers = {name.decode().lower(): value.decode() for name, value in started.get("headers", ())}
        said = gzip.decompress(bytes(answered)) if headers.get("content-encoding") == "gzip" else bytes(answered)
        self._compare(scope, bytes(asked), int(started["status"]), said)

    def _compare(self, scope: Any, asked: bytes, status: int, said: bytes) -> None:
        method, (path, _) = scope["method"], normalise(scope["path"])
        if path.startswith(UNDESCRIBED):
            self.left_out.add(path)
            return
        operation = self.description.operation(method, path) or self.description.operation(method, f"{path}/")
        name = f"{method} {path}" if operation is None else operation["operationId"].removesuffix(".noslash")
        if operation is None:
            self.disagreements.add(f"{name}: not described")
            return
        self.operations.add(name)
        found = [f"asked {one}" for one in self._of_request(operation, scope, asked)]
        found += [f"answered {status} {one}" for one in self._of_answer(operation, status, said)]
        self.disagreements.update(f"{name}: {one}" for one in found)

    def _of_request(self, operation: Any, scope: Any, asked: bytes) -> list[str]:
        known = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
        found = [f"?{name}" for name in parse_qs(scope["query_string"].decode()) if name not in known]
        content = operation.get("requestBody", {}).get("content", {})
        for kind, described in content.items():
            form = {name: values[-1] for name, values in parse_qs(asked.decode()).items()} if "form" in kind else None
            found += self.description.problems(described["schema"], form if form is not None else orjson.loads(asked))
        return found if content or not asked else [*found, "with a body"]

    def _of_answer(self, operation: Any, status: int, said: bytes) -> list[str]:
        described = operation["responses"].get(str(status), operation["responses"]["default"])
        schema = described.get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            return ["with a body"] if said else []
        return self.description.problems(schema, orjson.loads(said))


def _expression(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^/]+?\\\}", "[^/]+", re.escape(template)))


def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def _with_nulls(schema: Any) -> Any:
    """OpenAPI 3.0 says `nullable`, JSON Schema a list of types."""
    if isinstance(schema, list):
        return [_with_nulls(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _with_nulls(value) for name, value in schema.items()}
    if made.get("nullable") is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made
