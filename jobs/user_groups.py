"""Roles that a Slack user group gives: who is in each of the groups that the settings name, as last read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine, delete, insert, select

from jobs.database import snapshot, writing
from jobs.ledger.tables import slack_people, user_groups
from slack_app.courier import Courier

log = structlog.get_logger()

PREFIX = "slack:"


def named_groups(roles: Mapping[str, Sequence[str]]) -> set[str]:
    return {name.removeprefix(PREFIX) for names in roles.values() for name in names if name.startswith(PREFIX)}


def read_again(engine: Engine, courier: Courier, handles: Collection[str], now: datetime, keeps: timedelta) -> None:
    """Ask Slack for the groups that were read longer ago than `keeps`. A group that is gone has nobody in it.

    Where Slack cannot be asked, its errors are raised and what was read before stays.
    """
    with snapshot(engine) as connection:
        rows = connection.execute(select(user_groups)).all()
    fresh = {row.handle for row in rows if row.read_at <= now < row.read_at + keeps}
    for handle in sorted(set(handles) - fresh):
        members = courier.group_members(handle)
        if members is None:
            log.warning("user group not found", group=handle)
        with writing(engine) as connection:
            connection.execute(delete(user_groups).where(user_groups.c.handle == handle))
            connection.execute(insert(user_groups).values(handle=handle, members=sorted(members or ()), read_at=now))


def owners_in(engine: Engine, handles: Collection[str]) -> Mapping[str, frozenset[str]]:
    """The owners in each group, as far as their Slack users are known."""
    if not handles:
        return {}
    with snapshot(engine) as connection:
        members = {row.handle: set(row.members) for row in connection.execute(select(user_groups))}
        known = connection.execute(
            select(slack_people.c.owner_id, slack_people.c.slack_user_id).where(
                slack_people.c.slack_user_id.is_not(None)
            )
        ).all()
    return {
        handle: frozenset(owner for owner, slack_user in known if slack_user in members.get(handle, ()))
        for handle in handles
    }
