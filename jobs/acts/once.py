"""An act is done once, however often its click or command arrives, and named the same everywhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from jobs.database import snapshot, writing
from jobs.ledger.tables import acts
from jobs.people import SEE_ALL_ROLES
from jobs.wiring import Parts
from slack_app.backend import Answer, Offer, Visitor

# Who acts where nobody does: events are kept beside the acts of people, as long as Slack may repeat them.
_SLACK = "slack"
_REPEATED_FOR = timedelta(hours=1)


class _DoneBefore(Exception):
    """The act has come a second time."""


def once(parts: Parts, visitor: Visitor, act_id: str, act: Callable[[datetime], Answer]) -> Answer:
    """Do an act, or give the first answer again when the same act arrives a second time.

    For what takes as long as the CRM takes: the ledger knows of the act before it begins.
    """
    now = parts.clock()
    if visitor.owner_id is None:
        return Answer(False, "answer.visitor_unknown")
    try:
        with writing(parts.engine) as connection:
            connection.execute(insert(acts).values(id=act_id, at=now, actor=actor_of(visitor)))
    except IntegrityError:
        return _first_answer(parts, act_id)
    answer = act(now)
    with writing(parts.engine) as connection:
        connection.execute(update(acts).where(acts.c.id == act_id).values(answer=dataclasses.asdict(answer)))
    return answer


def once_in_one(
    parts: Parts, visitor: Visitor, act_id: str, now: datetime, act: Callable[[Connection], Answer]
) -> tuple[Answer, bool]:
    """The same for what is one short transaction, act and answer together; and whether it was done now.

    Of the one that may write, three in a row would cost a person three waits.
    """
    try:
        with writing(parts.engine) as connection:
            answer = act(connection)
            row = {"id": act_id, "at": now, "actor": actor_of(visitor), "answer": dataclasses.asdict(answer)}
            try:
                connection.execute(insert(acts), row)
            except IntegrityError as error:
                # What it did just now is rolled back.
                raise _DoneBefore from error
    except _DoneBefore:
        return _first_answer(parts, act_id), False
    return answer, True


def is_new_event(parts: Parts, event_id: str) -> bool:
    """Whether an event of Slack comes for the first time, whichever process it came to before."""
    now = parts.clock()
    with writing(parts.engine) as connection:
        connection.execute(delete(acts).where(acts.c.actor == _SLACK, acts.c.at < now - _REPEATED_FOR))
    try:
        with writing(parts.engine) as connection:
            connection.execute(insert(acts).values(id=f"event {event_id}", at=now, actor=_SLACK))
    except IntegrityError:
        return False
    return True


def sees_all(visitor: Visitor) -> bool:
    """Managers and the ops admin may act for everybody."""
    return bool(SEE_ALL_ROLES & set(visitor.roles))


def actor_of(visitor: Visitor) -> str:
    """How the audit trail names a person."""
    return f"person {visitor.owner_id} {visitor.name}"


def name_in(actor: str) -> str:
    """Of a person as the audit trail names them; a rule as it stands."""
    return actor.split(" ", 2)[2] if actor.startswith("person ") else actor


def _first_answer(parts: Parts, act_id: str) -> Answer:
    with snapshot(parts.engine) as connection:
        known = connection.execute(select(acts.c.answer).where(acts.c.id == act_id)).scalar()
    if not known:
        return Answer(True, "command.busy")
    offers = tuple(Offer(**one) for one in known["offers"])
    return Answer(known["ok"], known["text"], known["values"], offers)
