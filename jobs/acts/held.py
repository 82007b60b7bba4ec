"""Whether what somebody wants to change may be written at all now, in words for them where it may not."""

from __future__ import annotations

from collections.abc import Collection

from jobs.database import snapshot
from jobs.standing import stops
from jobs.wiring import Parts
from slack_app.backend import Answer, Visitor


def why_held(parts: Parts, visitor: Visitor, properties: Collection[str]) -> Answer | None:
    """None where nothing stands in the way. Properties that the CRM changed under us are left alone by people's acts, too:
    what a person chose by its name may mean something else there now.
    """
    with snapshot(parts.engine) as connection:
        stopped = stops(connection, parts.clock())
    cause = stopped.records or next(
        (stopped.properties[name] for name in properties if name in stopped.properties), None
    )
    return None if cause is None else Answer(False, "answer.held", {"cause": cause.in_language(visitor.language)})
