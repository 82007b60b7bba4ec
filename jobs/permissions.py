"""Whether the token may do what the program needs: looked at when the service starts, after each reading, and by `doctor`."""

from __future__ import annotations

from collections.abc import Collection

import structlog

from connector.errors import CrmError
from connector.scopes import Lacking, lacking, resting
from jobs.wiring import Parts

log = structlog.get_logger()


def missing(parts: Parts) -> tuple[Lacking, ...] | None:
    """None where HubSpot does not say what this kind of token may do."""
    granted = parts.gateway().granted_scopes()
    return None if granted is None else lacking(granted)


def tell_missing(parts: Parts) -> None:
    """One line for each kind of work that rests. A CRM that is away is the first round's matter."""
    try:
        found = missing(parts)
    except CrmError as error:
        log.debug("permissions not asked for", error=type(error).__name__)
        return
    _tell(parts, [scope for one in found or () for scope in one.scopes])


def tell_changed(parts: Parts) -> None:
    """The same for what began to rest with this reading, or came to be read again."""
    _tell(parts, parts.missing_scopes())


def _tell(parts: Parts, scopes: Collection[str]) -> None:
    before, parts.lacks = parts.lacks, frozenset(scopes)
    for one in resting(parts.lacks - before):
        log.warning("permission missing", scopes=list(one.scopes), means=one.work.value)
    for one in resting(before - parts.lacks):
        log.info("permission no longer missing", scopes=list(one.scopes))
