"""What went wrong with one call to the CRM, read from its status, headers and body."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping, Sequence
from typing import Any, cast

import orjson

from connector.errors import AccessRefused, CrmAnswerBroken, CrmError, CrmRefused, CrmUnavailable, ScopeMissing


class Trouble(enum.Enum):
    """Kinds of failure, by what helps."""

    SECONDLY = "over the limit of one second"
    TEN_SECONDLY = "over the limit of ten seconds"
    DAILY = "over the limit of the day"
    LOCKED = "locked by other writes"
    MOVING = "the account is being moved"
    DOWN = "the server failed"
    DROPPED = "the connection broke"
    NOT_SENT = "no connection"
    UNREADABLE = "the answer is not what the interface promises"
    TOKEN = "the token is not accepted"  # noqa: S105 - names a kind of failure
    SCOPE = "a permission is missing"
    REFUSED = "the request is refused"


@dataclasses.dataclass(frozen=True, slots=True)
class Failure:
    """One failed call. Holds names and codes only: values of records must not reach a log through it."""

    trouble: Trouble
    status: int | None = None
    retry_after: float | None = None
    codes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    correlation_id: str | None = None


_LIMITS = {"TEN_SECONDLY_ROLLING": Trouble.TEN_SECONDLY, "SECONDLY": Trouble.SECONDLY, "DAILY": Trouble.DAILY}
_BY_STATUS = {401: Trouble.TOKEN, 403: Trouble.SCOPE, 423: Trouble.LOCKED, 429: Trouble.SECONDLY, 477: Trouble.MOVING}


_VALUES_REFUSED = "Property values were not valid: "

_IN_WORDS = {
    "INVALID_OPTION": "the value is not one of the options of {}",
    "READ_ONLY_VALUE": "only HubSpot itself sets {}",
    "PROPERTY_DOESNT_EXIST": "this account has no property {}",
    "INVALID_EMAIL": "the value of {} is no mail address",
    "INVALID_LONG": "the value of {} is no number",
    "INVALID_INTEGER": "the value of {} is no whole number",
    "INVALID_DATE": "the value of {} is no date",
    "OBJECT_NOT_FOUND": "the record does not exist any more",
}


def read_failure(status: int, headers: Mapping[str, str], body: str) -> Failure:
    """Understand an answer outside 2xx. Every field of its body is optional, and the body may be a page of HTML."""
    envelope = _parsed(body)
    trouble = _BY_STATUS.get(status, Trouble.DOWN if status >= 500 or status == 408 else Trouble.REFUSED)
    if status == 429:
        trouble = _which_limit(envelope)
    return Failure(
        trouble,
        status,
        _seconds(headers.get("Retry-After")),
        codes_of(envelope),
        names_of(envelope),
        _text(envelope.get("correlationId")) or headers.get("X-HubSpot-Correlation-Id"),
    )


def _which_limit(envelope: Mapping[str, Any]) -> Trouble:
    policy = str(envelope.get("policyName") or "").upper()
    if policy in _LIMITS:
        return _LIMITS[policy]
    message = str(envelope.get("message") or "").lower()
    if "ten_secondly" in message:
        return Trouble.TEN_SECONDLY
    return Trouble.DAILY if "daily" in message else Trouble.SECONDLY


def _parsed(body: str) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def codes_of(envelope: Mapping[str, Any]) -> tuple[str, ...]:
    """What kind of mistake HubSpot sees, most general first."""
    found = [_text(envelope.get(key)) for key in ("category", "subCategory")]
    found += [_text(one.get(key)) for one in _details(envelope) for key in ("code", "error")]
    return tuple(dict.fromkeys(code for code in found if code))


def names_of(envelope: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of properties and of missing scopes, wherever this version of the answer puts them."""
    found: list[str] = []
    for part in (envelope, *_details(envelope)):
        context = part.get("context")
        if isinstance(context, dict):
            for key in ("propertyName", "requiredGranularScopes", "requiredScopes"):
                names = cast("dict[str, Any]", context).get(key)
                found += [str(name) for name in cast("list[Any]", names)] if isinstance(names, list) else []
        if part is not envelope and _text(part.get("name")):
            found.append(str(part["name"]))
    return tuple(dict.fromkeys(found))


def _details(envelope: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One per mistake: under `errors`, or as JSON at the end of the sentence about refused values."""
    errors: Any = envelope.get("errors")
    if not errors:
        _, _, tail = str(envelope.get("message") or "").partition(_VALUES_REFUSED)
        try:
            errors = orjson.loads(tail) if tail else []
        except orjson.JSONDecodeError:
            errors = []
    if not isinstance(errors, list):
        return []
    return [cast("dict[str, Any]", one) for one in cast("list[Any]", errors) if isinstance(one, dict)]


def refusal_in_words(codes: Sequence[str], names: Sequence[str]) -> str:
    """Why HubSpot does not take a value, for someone who has never seen its codes. The value itself is not repeated."""
    about = ", ".join(names) or "a property"
    for code in codes:
        if code in _IN_WORDS:
            return f"{_IN_WORDS[code].format(about)} ({code})"
    return f"HubSpot refuses the request about {about} ({', '.join(codes) or 'no reason given'})"


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.replace(".", "", 1).isdigit() else None


def as_error(failure: Failure, operation: str, tries: int) -> CrmError:
    """The error that the caller gets: what happened, where, and what to do next."""
    where = f"HubSpot, {operation}{_tail(failure, tries)}"
    names = ", ".join(failure.names)
    match failure.trouble:
        case Trouble.TOKEN:
            return AccessRefused(
                f"{where}: the access token is not accepted. Check HUBSPOT_ACCESS_TOKEN: it may be mistyped, "
                "deactivated or expired."
            )
        case Trouble.SCOPE:
            missing = f"the permission {names}" if names else "a permission for this call"
            return ScopeMissing(
                f"{where}: the app lacks {missing}. Add it to the app's scopes in HubSpot and use the token it shows then.",
                failure.names,
            )
        case Trouble.DAILY:
            return CrmUnavailable(
                f"{where}: the account's calls for today are used up. The next run after midnight of the account's "
                "time zone goes on; see in HubSpot which apps use most of them.",
                failure.retry_after,
            )
        case Trouble.REFUSED:
            said = refusal_in_words(failure.codes, failure.names)
            return CrmRefused(
                f"{where}: {said}. Sending it again would not help; check the record and its properties in HubSpot.",
                failure.status or 400,
            )
        case Trouble.UNREADABLE:
            return CrmAnswerBroken(
                f"{where}: {failure.trouble.value}. Nothing was stored from it; check that HUBSPOT_BASE_URL points at "
                "the API itself and not at a proxy's page."
            )
        case _:
            return CrmUnavailable(
                f"{where}: {failure.trouble.value}. Nothing was lost; the next run continues here.",
                failure.retry_after,
            )


def _tail(failure: Failure, tries: int) -> str:
    facts = [f"status {failure.status}"] if failure.status is not None else []
    facts += [f"{tries} tries"] if tries > 1 else []
    facts += [f"correlation id {failure.correlation_id}"] if failure.correlation_id else []
    return f" ({', '.join(facts)})" if facts else ""
