"""Whether the token may do what the program needs: looked at once, when the service starts, and by `doctor`."""

from __future__ import annotations

import structlog

from connector.errors import CrmError
from connector.scopes import Lacking, lacking
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
    for one in found or ():
        log.warning("permission missing", scopes=list(one.scopes), means=one.work.value)
