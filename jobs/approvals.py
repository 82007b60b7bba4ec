"""What waits for somebody's approval, and who is told of it in the morning where no list of findings says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Engine, func, select

from jobs.database import snapshot, writing
from jobs.ledger import deliveries
from jobs.ledger.tables import deliveries as deliveries_table
from jobs.ledger.tables import plan_lines
from jobs.readers import Readers
from jobs.remind import conversation_of
from jobs.reminder_policy import Moment
from rules.model import Mode, People, RuleSet, family_of
from slack_app.views import Approvals

KIND = "approvals"
# Whichever of these comes last in somebody's conversation says what waits.
SAYING = (KIND, "digest")
REVIEWER = "Ops"


def waiting(connection: Connection, rule_set: RuleSet, people: People) -> Mapping[str, Approvals]:
    """By owner; without those for whom nothing waits. The plan waits for every admin."""
    planned = _planned(connection, rule_set)
    if not planned:
        return {}
    plan = Approvals(changes=planned.total(), rules=len(planned))
    return dict.fromkeys(people.with_role(REVIEWER, live_only=True), plan)


def _planned(connection: Connection, rule_set: RuleSet) -> Counter[str]:
    """How many changes each rule in mode `plan` proposes; the rows of a table count as their rule."""
    modes = {rule.id: rule.mode for rule in rule_set.rules}
    columns = plan_lines.c
    query = select(columns.rule, func.count()).where(columns.state == "proposed").group_by(columns.rule)
    found: Counter[str] = Counter()
    for rule, count in connection.execute(query):
        if modes.get(rule) is Mode.PLAN:
            found[family_of(rule)] += count
    return found


def tell_of_approvals(engine: Engine, rule_set: RuleSet, people: People, readers: Readers, now: datetime) -> None:
    """Decide one message a day for each of them, from the time of the morning's list on; none for whom that list is
    decided, since it says so itself. What waited to be sent since an earlier day is no news any more.
    """
    with snapshot(engine) as connection:
        untold = [i for i in waiting(connection, rule_set, people) if _is_due(connection, i, readers.moment_of(i))]
    if not untold:
        return
    calendar = rule_set.calendar
    with writing(engine) as connection:
        deliveries.drop_old(connection, KIND, calendar.start_of(calendar.local_date(now)))
        for owner_id in untold:
            deliveries.create(
                connection,
                kind=KIND,
                conversation=conversation_of(owner_id),
                day=readers.moment_of(owner_id).day,
                owner_id=owner_id,
                reason="awaits_approval",
                finding_ids=(),
                now=now,
            )


def _is_due(connection: Connection, owner_id: str, moment: Moment) -> bool:
    """A message that came to nothing counts as well: whoever is not reached is not tried in every round."""
    if moment.before_digest is not None:
        return False
    columns = deliveries_table.c
    here = (columns.conversation == conversation_of(owner_id), columns.day == moment.day, columns.kind.in_(SAYING))
    said = (columns.kind == KIND) | (columns.state != "obsolete")
    return connection.execute(select(columns.id).where(*here, said).limit(1)).first() is None
