"""Sends what was decided and edits what changed: the outbox towards Slack, one message at a time."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
import structlog
from sqlalchemy import Engine, Row

from jobs.database import writing
from jobs.ledger import audit, deliveries
from jobs.ledger.findings import mark_reminded
from slack_app.courier import Courier, Message, Posted
from slack_app.errors import DeliveryUnknown, SlackDisconnected, SlackRefused, SlackUnavailable

log = structlog.get_logger()

# How long before the noted attempt a lost message may have been stamped: Slack's clock is not ours.
_LOOK_BACK = timedelta(minutes=10)
_LOOKS = 2
_GONE_CODES = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"})


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes and in which language. `fallback` is True when its person cannot be reached directly."""

    channel: str
    language: str
    fallback: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Prepared:
    """A message as it should look now; `settled` is True when nothing can change it any more."""

    message: Message
    finding_ids: Sequence[int]
    settled: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Desk:
    """What delivering needs from outside: how messages look, where they go, and how to wait between two looks."""

    courier: Courier
    prepare: Callable[[Row[Any], Target], Prepared | None]
    target: Callable[[Row[Any]], Target | None]
    pause: Callable[[float], None]


@dataclasses.dataclass(slots=True)
class Sent:
    posted: int = 0
    updated: int = 0
    failed: int = 0
    trouble: str | None = None


def deliver(engine: Engine, desk: Desk, now: datetime, *, may_post: bool) -> Sent:
    """Send pending messages (only where `may_post`: it is working time) and bring sent ones up to date.

    Stops at the first sign that Slack as a whole is away; what is left goes out with a later run.
    """
    sent = Sent()
    with writing(engine) as connection:
        waiting = deliveries.to_send(connection)
        living = deliveries.unsettled(connection)
    try:
        for row in waiting:
            _send_one(engine, desk, row, now, sent, may_post=may_post)
        for row in living:
            _edit_one(engine, desk, row, sent)
    except (SlackDisconnected, SlackUnavailable) as error:
        sent.failed += 1
        sent.trouble = str(error)
        log.warning("slack away", error=type(error).__name__, detail=str(error))
    return sent


def edit(engine: Engine, desk: Desk, rows: Sequence[Row[Any]]) -> Sent:
    """Bring these messages up to date at once, after a person's act."""
    sent = Sent()
    try:
        for row in rows:
            _edit_one(engine, desk, row, sent)
    except (SlackDisconnected, SlackUnavailable) as error:
        sent.failed += 1
        sent.trouble = str(error)
        log.warning("slack away", error=type(error).__name__, detail=str(error))
    return sent


def _send_one(engine: Engine, desk: Desk, row: Row[Any], now: datetime, sent: Sent, *, may_post: bool) -> None:
    target = desk.target(row)
    if target is None:
        _mark(engine, row.id, state="failed", settled=True, error="no conversation")
        sent.failed += 1
        return
    if row.state in {"sending", "unknown"} and _found_again(engine, desk, row, target):
        return
    if not may_post:
        return
    prepared = desk.prepare(row, target)
    if prepared is None:  # everything it would say has been settled meanwhile
        _mark(engine, row.id, state="obsolete", settled=True)
        return
    with writing(engine) as connection:
        if not deliveries.claim(connection, row.id, now):
            return
    _post(engine, desk, row, target, prepared, now, sent)


def _found_again(engine: Engine, desk: Desk, row: Row[Any], target: Target) -> bool:
    """Look for a message whose fate is unknown; not found after two looks, it is pending again."""
    since = (row.attempt_at or row.created_at) - _LOOK_BACK
    for look in range(_LOOKS):
        if look:
            desk.pause(1.0)
        posted = desk.courier.find(target.channel, row.id, since)
        if posted is not None:
            _mark(
                engine,
                row.id,
                state="sent",
                channel=posted.channel,
                ts=posted.ts,
                language=target.language,
                fallback=target.fallback,
            )
            log.info("message found again", delivery=row.id)
            return True
    _mark(engine, row.id, state="pending")
    return False


def _post(
    engine: Engine, desk: Desk, row: Row[Any], target: Target, prepared: Prepared, now: datetime, sent: Sent
) -> None:
    try:
        posted = desk.courier.post(target.channel, prepared.message, row.id)
    except (SlackUnavailable, SlackDisconnected) as error:
        _mark(engine, row.id, state="pending", error=str(error))
        raise
    except DeliveryUnknown as error:
        _mark(engine, row.id, state="unknown", error=str(error))
        unknown = row._replace(state="unknown", attempt_at=now)
        if not _found_again(engine, desk, unknown, target):
            sent.failed += 1
            return
        sent.posted += 1
        _note_posted(engine, row, None, target, prepared, now)
        return
    except SlackRefused as error:
        _mark(engine, row.id, state="failed", settled=True, error=f"{error.code}: {error}")
        log.error("message refused", delivery=row.id, code=error.code)
        sent.failed += 1
        return
    sent.posted += 1
    _note_posted(engine, row, posted, target, prepared, now)


def _note_posted(
    engine: Engine, row: Row[Any], posted: Posted | None, target: Target, prepared: Prepared, now: datetime
) -> None:
    """Written down right after sending, in one transaction with the findings' state."""
    place = {} if posted is None else {"channel": posted.channel, "ts": posted.ts}
    with writing(engine) as connection:
        deliveries.mark(
            connection,
            row.id,
            state="sent",
            error=None,
            language=target.language,
            fallback=target.fallback,
            shown=fingerprint(prepared.message),
            settled=prepared.settled,
            **place,
        )
        mark_reminded(connection, prepared.finding_ids)
        audit.record(
            connection,
            [
                audit.Entry(
                    at=now,
                    actor="mimawari",
                    channel="slack",
                    action="message.sent",
                    reason=row.reason,
                    after=f"{row.kind} {row.conversation}",
                    correlation=f"delivery {row.id}",
                )
            ],
        )


def _edit_one(engine: Engine, desk: Desk, row: Row[Any], sent: Sent) -> None:
    if row.ts is None or row.channel is None:
        return
    prepared = desk.prepare(row, Target(row.channel, row.language, row.fallback))
    if prepared is None:
        return
    print_now = fingerprint(prepared.message)
    if print_now != row.shown:
        try:
            desk.courier.update(Posted(row.channel, row.ts), prepared.message, row.id)
        except DeliveryUnknown:
            # An edit says what is true; saying it again next time does no harm.
            sent.failed += 1
            return
        except SlackRefused as error:
            _refused_edit(engine, row, error)
            sent.failed += 1
            return
        sent.updated += 1
    if print_now != row.shown or prepared.settled:
        _mark(engine, row.id, shown=print_now, settled=prepared.settled)


def _refused_edit(engine: Engine, row: Row[Any], error: SlackRefused) -> None:
    """A message that is gone from Slack shows nothing any more: what it showed is due again elsewhere."""
    log.error("edit refused", delivery=row.id, code=error.code)
    gone = error.code in _GONE_CODES
    _mark(engine, row.id, settled=gone, superseded=gone, error=f"{error.code}: {error}")


def fingerprint(message: Message) -> str:
    text = orjson.dumps({"text": message.text, "blocks": list(message.blocks)}, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()


def _mark(engine: Engine, delivery_id: str, **values: Any) -> None:
    with writing(engine) as connection:
        deliveries.mark(connection, delivery_id, **values)
