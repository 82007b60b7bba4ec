"""Records that rules have written too often today: which they are, and the finding about those that had to be stopped.

No rule file says this, since it is about the rules themselves; the finding opens and closes like any other.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, Engine, func, select

from connector.batches import pieces
from connector.records import CONTACTS
from jobs.database import writing
from jobs.ledger import findings
from jobs.ledger.findings import Change, Seen
from jobs.ledger.plan_lines import LIST_PROPERTY, held_back_records
from jobs.ledger.tables import plan_lines
from rules.business_calendar import Calendar
from rules.model import People
from rules.text import Text

BUSY = "written-too-often"
WRITES_A_DAY = 3

TITLE = Text("ルールが書き換え続けているレコード", "Record that rules keep rewriting")
MESSAGE = Text(
    "今日はルールがすでに何度も書き換えたため、明日までそのままにします。互いに打ち消し合うルールがないかご確認ください。",
    "Rules have written it several times today, so it rests until tomorrow. See whether two rules undo each other.",
)

_VERSION = "1"
_RESPONSIBLE = "Ops"
_AT_ONCE = 500


def written_often(connection: Connection, calendar: Calendar, ids: Collection[str], now: datetime) -> dict[str, int]:
    """How often today, for those where it was often enough: a run counts once, however many values it wrote."""
    columns = plan_lines.c
    found: dict[str, int] = {}
    for some in pieces(sorted(ids, key=int), _AT_ONCE):
        query = (
            select(columns.object_id, func.count(columns.settled_at.distinct()))
            .where(
                columns.object_type == CONTACTS,
                columns.object_id.in_(some),
                columns.rule.is_not(None),
                columns.property != LIST_PROPERTY,
                columns.creates.is_(None),
                columns.state.in_(("applied", "undone")),
                columns.written.is_not(False),
                columns.settled_at >= calendar.start_of(calendar.local_date(now)),
            )
            .group_by(columns.object_id)
        )
        found |= {object_id: times for object_id, times in connection.execute(query) if times >= WRITES_A_DAY}
    return found


def resting(times: int) -> Text:
    return Text(
        f"今日はすでにルールが{times}回書き換えたため、このレコードは明日までそのままにします。",
        f"Rules have written this record {times} times today; it rests until tomorrow.",
    )


def find_busy(engine: Engine, calendar: Calendar, people: People, *, now: datetime, run_id: int) -> Change:
    """Make the findings equal to what rules still want to write of records that rest. The next day none of them does."""
    responsible = next(iter(people.with_role(_RESPONSIBLE, live_only=True)), None)
    with writing(engine) as connection:
        stopped = written_often(connection, calendar, _waited_for(connection), now)
        evidence = {record_id: [_reason(times)] for record_id, times in stopped.items()}
        seen = Seen(BUSY, None, _VERSION, dict.fromkeys(stopped, responsible), evidence, {})
        # Whatever was busy on another day is another matter: nothing is opened again.
        return findings.reconcile(connection, seen, now=now, run_id=run_id, gone={}, reopen_after=now)


def _waited_for(connection: Connection) -> set[str]:
    """Whose values a line waits to write; not who waits for a task."""
    values = (plan_lines.c.state == "held_back", plan_lines.c.creates.is_(None))
    return held_back_records(connection) & set(
        connection.execute(select(plan_lines.c.object_id).where(*values)).scalars()
    )


def _reason(times: int) -> dict[str, object]:
    said = resting(times)
    return {"text": said.en, "text_ja": said.ja, "value": str(times), "held": True, "depth": 0}
