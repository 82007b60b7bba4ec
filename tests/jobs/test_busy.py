"""Records that rules have written three times today and want to write again become a finding for the day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, select

from jobs.busy import BUSY, find_busy
from jobs.database import writing
from jobs.ledger import plan_lines
from jobs.ledger.findings import Change
from jobs.ledger.plan_lines import End, PlanOpener
from jobs.ledger.tables import findings
from rules.business_calendar import Calendar
from tests.jobs.ledger_builders import at, make_line
from tests.rules.portal import OPS, PEOPLE, TOKYO

CALENDAR = Calendar(TOKYO)


def wrote(engine: Engine, record: str, times: int) -> None:
    for hour in range(times):
        moment = at(f"11-24 0{6 + hour}:00")
        line = make_line(record, state="approved", rule=f"r{hour}", after=str(hour))
        with writing(engine) as connection:
            (line_id,) = plan_lines.add(connection, [line], plan=PlanOpener(1, "v1", moment), now=moment)
            plan_lines.settle(connection, [End(line_id, "applied", written=True)], moment)


def waits(engine: Engine, record: str) -> None:
    with writing(engine) as connection:
        line = make_line(record, state="held_back", rule="fourth")
        plan_lines.add(connection, [line], plan=PlanOpener(1, "v1", at("11-24 09:00")), now=at("11-24 09:00"))


def look(engine: Engine, now: datetime) -> Change:
    return find_busy(engine, CALENDAR, PEOPLE, now=now, run_id=1)


def test_a_record_that_had_to_be_stopped_is_a_finding_of_ops_until_the_next_day(engine: Engine) -> None:
    for record in ("501", "502"):
        wrote(engine, record, 3)
    wrote(engine, "503", 2)
    for record in ("501", "503"):
        waits(engine, record)
    assert look(engine, at("11-24 09:30")) == Change(opened=1)
    assert look(engine, at("11-24 23:59")) == Change()
    with writing(engine) as connection:
        (row,) = connection.execute(select(findings))
    assert (row.rule, row.object_id, row.owner_id, row.state) == (BUSY, "501", OPS, "open")
    assert row.evidence[0]["text"] == "Rules have written this record 3 times today; it rests until tomorrow."
    assert look(engine, at("11-25 00:00")) == Change(closed=1)


def test_it_closes_when_nothing_waits_any_more(engine: Engine) -> None:
    wrote(engine, "501", 3)
    waits(engine, "501")
    look(engine, at("11-24 09:30"))
    with writing(engine) as connection:
        plan_lines.withdraw_removed(connection, ["r0"], at("11-24 10:00"))
    assert look(engine, at("11-24 10:00")) == Change(closed=1)
