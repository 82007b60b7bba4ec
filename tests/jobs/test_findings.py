"""Findings open and close by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Row, select

from jobs.database import writing
from jobs.ledger import findings, rests
from jobs.ledger.findings import Change
from jobs.ledger.tables import audit
from jobs.ledger.tables import findings as table
from tests.jobs.ledger_builders import at, see


def rows(engine: Engine) -> Sequence[Row[Any]]:
    with writing(engine) as connection:
        return connection.execute(select(table).order_by(table.c.id)).all()


def test_a_record_seen_opens_one_finding_with_its_receiver(engine: Engine) -> None:
    assert see(engine, {"501": "41"}, at("11-24 09:30")) == Change(opened=1)
    (row,) = rows(engine)
    assert (row.object_id, row.owner_id, row.state, row.round) == ("501", "41", "open", 1)


def test_seeing_the_same_twice_changes_nothing(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-24 09:30"))
    assert see(engine, {"501": "41"}, at("11-24 09:35")) == Change()
    assert len(rows(engine)) == 1


def test_a_record_no_longer_seen_closes_as_fixed(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-24 09:30"))
    assert see(engine, {}, at("11-24 10:00")) == Change(closed=1)
    (row,) = rows(engine)
    assert (row.state, row.closed_reason, row.open_key) == ("resolved", "fixed", None)


def test_an_archived_record_closes_as_archived(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-24 09:30"))
    see(engine, {}, at("11-24 10:00"), gone={"501": "record_archived"})
    assert rows(engine)[0].closed_reason == "record_archived"


def test_a_finding_that_an_edited_rule_no_longer_sees_says_so(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-24 09:30"), version="v1")
    see(engine, {}, at("11-24 10:00"), version="v2")
    assert rows(engine)[0].closed_reason == "rule_changed"


def test_looking_at_some_records_leaves_the_others_alone(engine: Engine) -> None:
    see(engine, {"501": "41", "502": "41"}, at("11-24 09:30"))
    assert see(engine, {}, at("11-24 10:00"), only=["501"]) == Change(closed=1)
    assert [row.state for row in rows(engine)] == ["resolved", "open"]


def test_the_same_matter_again_within_two_days_is_the_same_finding(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-24 09:30"))
    see(engine, {}, at("11-24 10:00"))
    see(engine, {"501": "41"}, at("11-25 10:00"), reopen_after=at("11-24 00:00"))
    (row,) = rows(engine)
    assert (row.state, row.reopened, row.closed_at) == ("reminded", 1, None)


def test_the_same_matter_weeks_later_is_a_new_round(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-04 09:30"))
    see(engine, {}, at("11-05 10:00"))
    see(engine, {"501": "41"}, at("11-24 10:00"), reopen_after=at("11-20 00:00"))
    assert [(row.round, row.state) for row in rows(engine)] == [(1, "resolved"), (2, "open")]


def test_a_new_receiver_takes_over_an_acknowledged_finding_as_open(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-24 09:30"))
    acknowledged = rows(engine)
    with writing(engine) as connection:
        rests.acknowledge(connection, acknowledged, by="佐藤", at=at("11-24 09:40"), until=at("11-25 09:40"))
    assert see(engine, {"501": "42"}, at("11-24 10:00")) == Change(moved=1)
    (row,) = rows(engine)
    assert (row.owner_id, row.state, row.acknowledged_by) == ("42", "open", None)


def test_findings_of_a_rule_that_is_gone_are_closed(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-24 09:30"), rule="old")
    with writing(engine) as connection:
        assert findings.close_removed(connection, ["l1"], at("11-24 10:00")) == 1
    assert rows(engine)[0].closed_reason == "rule_removed"


def test_opening_and_closing_are_audited_with_the_rule(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-24 09:30"))
    see(engine, {}, at("11-24 10:00"))
    with writing(engine) as connection:
        entries = connection.execute(select(audit.c.action, audit.c.actor).order_by(audit.c.id)).all()
    assert [entry.action for entry in entries] == ["finding.opened", "finding.closed"]
    assert entries[0].actor == "rule l1@v1-of-th"
