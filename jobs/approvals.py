"""What waits for somebody's approval, and who is told of it in the morning where no list of findings says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Engine, func, select

from connector.mirror.reads import owners_of
from connector.mirror.tables import MirrorSchema
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


def waiting(
    connection: Connection, rule_set: RuleSet, people: People, schema: MirrorSchema, now: datetime
) -> Mapping[str, Approvals]:
    """By live owner; without those for whom nothing waits. The plan waits for every admin, a proposal for whoever owns
    its contact.
    """
    planned, proposed = _planned(connection, rule_set), _proposed(connection, schema, now)
    reviewers = people.with_role(REVIEWER, live_only=True) if planned else ()
    found: dict[str, Approvals] = {}
    for owner_id in people.live_ids:
        plan = planned if owner_id in reviewers else Counter[str]()
        one = Approvals(plan.total(), len(plan), proposed[owner_id])
        if one:
            found[owner_id] = one
    return found


def _proposed(connection: Connection, schema: MirrorSchema, now: datetime) -> Counter[str]:
    """How many proposals each owner may decide about now; of those who said "not now", none before its time."""
    columns = plan_lines.c
    due = (columns.state == "suggested", columns.paused_until.is_(None) | (columns.paused_until <= now))
    query = select(columns.object_id, func.count()).where(*due).group_by(columns.object_id)
    counts = dict(connection.execute(query).all())
    found: Counter[str] = Counter()
    for contact_id, owner_id in owners_of(connection, schema, counts).items():
        if owner_id:
            found[owner_id] += counts[contact_id]
    return found


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


def tell_of_approvals(
    engine: Engine, rule_set: RuleSet, people: People, schema: MirrorSchema, readers: Readers
) -> None:
    """Decide one message a day for each of them, from the time of the morning's list on; none for whom that list is
    decided, since it says so itself. What waited to be sent since an earlier day is no news any more.
    """
    now = readers.moment.now
    with snapshot(engine) as connection:
        due = [i for i in people.live_ids if _is_due(connection, i, readers.moment_of(i))]
        if not due:
            return
        waits = waiting(connection, rule_set, people, schema, now)
    untold = [i for i in due if i in waits]
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
