"""For whom a person stands in: whoever gets somebody's messages may also act on what they are about."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from jobs.acts.once import sees_all
from jobs.database import snapshot
from jobs.ledger.tables import findings
from jobs.wiring import Parts
from slack_app.backend import Visitor

# Asked with each click: made once.
_OWNERS = select(findings.c.owner_id).where(findings.c.id.in_(bindparam("ids", expanding=True)))


def standing_in(parts: Parts, visitor: Visitor, finding_ids: Sequence[int], now: datetime) -> Visitor:
    """The visitor, with those owners of these findings whose messages go to the visitor now.

    Asked before an act opens its transaction: looking somebody up may take a word with Slack.
    """
    directory = parts.directory()
    if directory is None or sees_all(visitor):
        return visitor
    with snapshot(parts.engine) as connection:
        found = connection.execute(_OWNERS, {"ids": list(finding_ids)}).scalars()
        owners = {owner for owner in found if owner not in {None, visitor.owner_id}}
    reached = {owner: directory.reach(owner, now) for owner in sorted(owners)}
    mine = (owner for owner, one in reached.items() if one and one.slack_user_id == visitor.slack_user_id)
    return dataclasses.replace(visitor, stands_for=tuple(mine))
