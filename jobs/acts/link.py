"""Saying who is who: the person confirms or denies being an owner of the CRM, an admin links somebody by hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from jobs.acts.once import actor_of
from jobs.database import writing
from jobs.ledger import audit, people_links
from jobs.ledger.people_links import BY_HAND, CONFIRMED, DENIED, Link
from jobs.wiring import Parts
from slack_app.backend import Answer, Visitor

ADMINS = "Ops"


def confirm(parts: Parts, visitor: Visitor, *, is_me: bool, act_id: str, now: datetime) -> Answer:
    """Whoever says "that is not me" is nobody to us from then on, and an admin sees it."""
    assert visitor.owner_id is not None, "acts of people without an owner are refused before"
    link = Link(visitor.slack_user_id, CONFIRMED if is_me else DENIED)
    with writing(parts.engine) as connection:
        _store(connection, visitor, visitor.owner_id, link, act_id, now)
    return Answer(True, "answer.link_confirmed" if is_me else "answer.link_denied", {"name": visitor.name})


def link_user(parts: Parts, visitor: Visitor, owner_id: str, slack_user_id: str, act_id: str, now: datetime) -> Answer:
    directory, person = parts.directory(), parts.people().person(owner_id)
    if ADMINS not in visitor.roles:
        return Answer(False, "answer.admins_only")
    if directory is None or person is None or not person.live:
        return Answer(False, "answer.link_gone")
    taken, user = directory.person_of(slack_user_id)
    if user is None:
        return Answer(False, "answer.link_no_user")
    if taken is not None and taken.owner_id != owner_id:
        return Answer(False, "answer.link_taken", {"name": taken.name})
    with writing(parts.engine) as connection:
        _store(connection, visitor, owner_id, Link(slack_user_id, BY_HAND), act_id, now)
    return Answer(True, "answer.link_made", {"name": person.name, "user": user.name})


def _store(connection: Connection, visitor: Visitor, owner_id: str, link: Link, act_id: str, now: datetime) -> None:
    actor = actor_of(visitor)
    people_links.store(connection, owner_id, link, by=actor, now=now)
    said = f"owner {owner_id} {link.slack_user_id}"
    audit.record(connection, [audit.Entry(now, actor, "slack", f"person.{link.state}", after=said, correlation=act_id)])
