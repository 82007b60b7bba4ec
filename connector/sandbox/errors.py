"""How the stand-in refuses a call: HubSpot's error envelopes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = dict[str, object]


class ApiError(Exception):
    """A refusal with its status and body; the door adds the correlation id."""

    def __init__(self, status: int, payload: Json, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {payload.get('message', '')}")
        self.status = status
        self.payload = payload
        self.headers = headers or {}


def correlation_id() -> str:
    return str(uuid4())


def envelope(message: str, category: str | None = None, **more: object) -> Json:
    made: Json = {"status": "error", "message": message}
    if category is not None:
        made["category"] = category
    return made | more


def invalid(message: str, **more: object) -> ApiError:
    return ApiError(400, envelope(message, "VALIDATION_ERROR", **more))


def not_found(message: str = "resource not found") -> ApiError:
    return ApiError(404, envelope(message))


def odd_id(message: str = "Object not found.  objectId are usually numeric.") -> ApiError:
    return ApiError(404, envelope(message, "OBJECT_NOT_FOUND"))


def unreadable_body(line: int, column: int, reason: str) -> ApiError:
    return ApiError(400, envelope(f"Invalid input JSON on line {line}, column {column}: {reason}"))


def conflict(existing_id: str) -> ApiError:
    return ApiError(409, envelope(f"Contact already exists. Existing ID: {existing_id}", "CONFLICT"))


def property_errors(problems: Iterable[Json], portal_id: int) -> Json:
    """The 400 for values refused by a property's definition; a problem is {name, error, message}."""
    listed = list(problems)
    details = [
        {
            "isValid": False,
            "message": one["message"],
            "error": one["error"],
            "name": one["name"],
            "localizedErrorMessage": one["message"],
            "portalId": portal_id,
        }
        for one in listed
    ]
    errors = [
        {"message": one["message"], "code": one["error"], "context": {"propertyName": [one["name"]]}} for one in listed
    ]
    message = f"Property values were not valid: {json.dumps(details, ensure_ascii=False)}"
    return envelope(message, "VALIDATION_ERROR", errors=errors)


def unauthenticated() -> ApiError:
    message = "Authentication credentials not found. This API supports OAuth 2.0 authentication."
    return ApiError(401, envelope(message, "INVALID_AUTHENTICATION"))


def missing_scope(scope: str) -> ApiError:
    message = "This app hasn't been granted all required scopes to make this call."
    context = {"requiredGranularScopes": [scope]}
    detail = {"message": "One or more of the following scopes are required.", "context": context}
    return ApiError(403, envelope(message, "MISSING_SCOPES", errors=[detail]))
