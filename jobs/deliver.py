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

from jobs import hold
from jobs.database import snapshot, writing
from jobs.escalate import KINDS
from jobs.ledger import audit, deliveries, rests
from jobs.ledger.findings import mark_reminded
from jobs.ledger.told import OWNERS_KINDS
from jobs.readers import Readers
from slack_app.courier import Courier, Message, Posted
from slack_app.errors import DeliveryUnknown, SlackDisconnected, SlackError, SlackRefused, SlackUnavailable

log = structlog.get_logger()

# How long before the noted attempt a lost message may have been stamped: Slack's clock is not ours.
_LOOK_BACK = timedelta(minutes=10)
_LOOKS = 2
# The step of escalation that a message of each kind carries out; 0 and 1 are its owner's.
LEVELS = {**dict.fromkeys(OWNERS_KINDS, 0), **{kind: level for level, kind in KINDS.items()}}
_GONE_CODES = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"})


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes and in which language. `fallback` is True when its person cannot be reached directly.

    `thread` is the message that it answers to.
    """

    channel: str
    language: str
    fallback: bool
    thread: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Prepared:
    """A message as it should look now; `settled` is True when nothing can change it any more."""

    message: Message
    settled: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Desk:
    """What delivering needs from outside: how messages look, who reads them where, and how to wait between two looks."""

    courier: Courier
    prepare: Callable[[Row[Any], Target], Prepared | None]
    # The owner who reads it, the addressee or a stand-in; None where it goes to a channel.
    reader: Callable[[Row[Any]], str | None]
    target: Callable[[Row[Any]], Target | None]
    pause: Callable[[float], None]


@dataclasses.dataclass(slots=True)
class Sent:
    """`held` are the messages that wait although they were decided, each with the reason."""

    posted: int = 0
    updated: int = 0
    failed: int = 0
    trouble: str | None = None
    held: list[tuple[Row[Any], str]] = dataclasses.field(default_factory=list[tuple[Row[Any], str]])


def deliver(engine: Engine, desk: Desk, now: datetime, readers: Readers) -> Sent:
    """Send pending messages to whom `readers` lets us write now, and bring sent ones up to date.

    Stops at the first sign that Slack as a whole is away; what is left goes out with a later run. Where Slack only takes
    no more posts for now, edits go on.
    """
    sent = Sent()
    with snapshot(engine) as connection:
        waiting = deliveries.to_send(connection)
        living = deliveries.unsettled(connection)
    try:
        for row in waiting:
            try:
                _send_one(engine, desk, row, now, sent, readers)
            except SlackRefused as error:
                # Looking up the person, the channel or the message was refused: this one waits, the others go out.
                log.error("message not sent", delivery=row.id, code=error.code)
                sent.failed += 1
                sent.trouble = str(error)
    except (SlackDisconnected, SlackUnavailable) as error:
        _slack_away(sent, error)
        if isinstance(error, SlackDisconnected) or error.retry_after is None:
            return sent
    finally:
        if sent.held:
            with writing(engine) as connection:
                hold.note(connection, sent.held, now)
    return _edit_all(engine, desk, living, sent)


def edit(engine: Engine, desk: Desk, rows: Sequence[Row[Any]]) -> Sent:
    """Bring these messages up to date at once, after a person's act."""
    return _edit_all(engine, desk, rows, Sent())


def _edit_all(engine: Engine, desk: Desk, rows: Sequence[Row[Any]], sent: Sent) -> Sent:
    try:
        for row in rows:
            _edit_one(engine, desk, row, sent)
    except (SlackDisconnected, SlackUnavailable) as error:
        _slack_away(sent, error)
    return sent


def _slack_away(sent: Sent, error: SlackError) -> None:
    sent.failed += 1
    sent.trouble = str(error)
    log.debug("slack away", error=type(error).__name__, detail=str(error))


def _send_one(engine: Engine, desk: Desk, row: Row[Any], now: datetime, sent: Sent, readers: Readers) -> None:
    reader = desk.reader(row)
    with snapshot(engine) as connection:
        why_held = hold.why(connection, row, reader, readers)
    if why_held is not None:
        sent.held.append((row, why_held))
        if row.state == "pending":
            return
    target = desk.target(row)
    if target is None:
        _mark(engine, row.id, state="failed", settled=True, error="no conversation")
        sent.failed += 1
        return
    target = dataclasses.replace(target, thread=_thread(engine, row, target))
    if row.state in {"sending", "unknown"} and not _was_lost(engine, desk, row, target, now):
        return
    if why_held is not None:
        return
    prepared = desk.prepare(row, target)
    if prepared is None:  # everything it would say has been settled meanwhile
        _mark(engine, row.id, state="obsolete", settled=True)
        return
    with writing(engine) as connection:
        if not deliveries.claim(connection, row.id, now, fingerprint(prepared.message), reader):
            return
    _post(engine, desk, row, target, prepared, now, sent)


def _was_lost(engine: Engine, desk: Desk, row: Row[Any], target: Target, now: datetime) -> bool:
    """Whether a message in doubt is nowhere, so that it is to be sent again."""
    posted = _look_for(desk, row.id, target, row.attempt_at or row.created_at)
    if posted is not None:
        _note_posted(engine, row, posted, target, None, now)
    elif row.superseded:  # a later message says what it would have said
        _mark(engine, row.id, state="obsolete", settled=True)
    else:
        _mark(engine, row.id, state="pending")
        return True
    return False


def _thread(engine: Engine, row: Row[Any], target: Target) -> str | None:
    """The message to answer to, if it stands in the same conversation; else the answer stands by itself."""
    if row.root_id is None:
        return None
    with snapshot(engine) as connection:
        root = deliveries.read(connection, row.root_id)
    return root.ts if root is not None and root.channel == target.channel else None


def _look_for(desk: Desk, delivery_id: str, target: Target, attempted_at: datetime) -> Posted | None:
    """Look twice for a message whose fate is unknown."""
    for look in range(_LOOKS):
        if look:
            desk.pause(1.0)
        posted = desk.courier.find(target.channel, delivery_id, attempted_at - _LOOK_BACK, target.thread)
        if posted is not None:
            log.info("message found again", delivery=delivery_id)
            return posted
    return None


def _post(
    engine: Engine, desk: Desk, row: Row[Any], target: Target, prepared: Prepared, now: datetime, sent: Sent
) -> None:
    try:
        posted = desk.courier.post(target.channel, prepared.message, row.id, target.thread)
    except (SlackUnavailable, SlackDisconnected) as error:
        _mark(engine, row.id, state="pending", error=str(error))
        raise
    except DeliveryUnknown as error:
        _mark(engine, row.id, state="unknown", error=str(error))
        posted = _look_for(desk, row.id, target, now)
        if posted is None:
            # It stays in doubt: what Slack took but has not carried out yet is found by the next round, not doubled.
            sent.failed += 1
            return
    except SlackRefused as error:
        _mark(engine, row.id, state="failed", settled=True, error=f"{error.code}: {error}")
        log.error("message refused", delivery=row.id, code=error.code)
        sent.failed += 1
        return
    sent.posted += 1
    _note_posted(engine, row, posted, target, prepared, now)


def _note_posted(
    engine: Engine, row: Row[Any], posted: Posted, target: Target, prepared: Prepared | None, now: datetime
) -> None:
    """Written down right after sending, in one transaction with the findings' state.

    `prepared` is None for a message found again after a crash: it shows what was noted before it was sent.
    """
    with writing(engine) as connection:
        deliveries.mark(
            connection,
            row.id,
            state="sent",
            error=None,
            channel=posted.channel,
            ts=posted.ts,
            language=target.language,
            fallback=target.fallback,
            shown=fingerprint(prepared.message) if prepared else row.shown,
            settled=prepared.settled if prepared else False,
        )
        found = [finding.id for finding in deliveries.findings_of(connection, row.id)]
        hold.note_posted(connection, row, now)
        mark_reminded(connection, found)
        if row.kind in LEVELS:
            rests.mark_told(connection, found, level=LEVELS[row.kind], at=now)
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
