"""Once a night the ledger forgets what nobody asks for any more, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, Table, insert, select

from jobs.database import writing
from jobs.ledger import decisions, forget, tables
from jobs.ledger.decisions import HOLD, Decision
from jobs.ledger.forget import KEPT, REASONS_KEPT
from tests.jobs.ledger_builders import at, see

NOW = at("11-24 03:00")
LONG_AGO = NOW - KEPT - timedelta(minutes=1)


def ids(engine: Engine, table: Table) -> list[Any]:
    with writing(engine) as connection:
        return list(connection.execute(select(table.c.id).order_by(table.c.id)).scalars())


def a_round(engine: Engine, started_at: datetime, kind: str = "cycle") -> int:
    with writing(engine) as connection:
        run = insert(tables.runs).values(kind=kind, started_at=started_at, state="done")
        return connection.execute(run.returning(tables.runs.c.id)).scalar_one()


def test_reasons_go_a_year_after_their_finding_was_closed(engine: Engine) -> None:
    closed = NOW - REASONS_KEPT
    opened = closed - timedelta(days=3)
    for rule, ends in (("h1", closed - timedelta(minutes=1)), ("h2", closed), ("h3", None)):
        see(engine, {"501": "41"}, opened, rule=rule)
        if ends is not None:
            see(engine, {}, ends, rule=rule)
    found = ids(engine, tables.findings)
    with writing(engine) as connection:
        decisions.record(connection, [Decision(one, "owner:41", HOLD, "holiday") for one in found], opened)
    assert forget.forget(engine, NOW) == 1
    assert ids(engine, tables.decisions) == ids(engine, tables.findings)[1:] == found[1:]


def test_clicks_go_after_three_months(engine: Engine) -> None:
    with writing(engine) as connection:
        kept = [{"id": "old", "at": LONG_AGO, "actor": "a"}, {"id": "young", "at": NOW - KEPT, "actor": "a"}]
        connection.execute(insert(tables.acts), kept)
    assert forget.forget(engine, NOW) == 1
    assert ids(engine, tables.acts) == ["young"]


def test_rounds_go_after_three_months_but_for_those_that_can_be_undone_and_other_runs(engine: Engine) -> None:
    a_round(engine, LONG_AGO)
    stay = [a_round(engine, LONG_AGO), a_round(engine, LONG_AGO, "sync"), a_round(engine, NOW - KEPT)]
    with writing(engine) as connection:
        connection.execute(insert(tables.plans).values(run_id=stay[0], created_at=LONG_AGO))
    assert forget.forget(engine, NOW) == 1
    assert ids(engine, tables.runs) == stay


def test_all_of_it_goes_a_piece_at_a_time(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forget, "_AT_ONCE", 2)
    for _ in range(5):
        a_round(engine, LONG_AGO)
    assert forget.forget(engine, NOW) == 5
    assert forget.forget(engine, NOW) == 0
