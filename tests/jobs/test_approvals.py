"""Who hears in the morning that something waits for approval, and how often."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest
from sqlalchemy import Engine, select

from connector.mirror.tables import MirrorSchema
from jobs import approvals
from jobs.database import writing
from jobs.ledger import deliveries, plan_lines, rejections
from jobs.ledger.plan_lines import PlanOpener
from jobs.ledger.tables import deliveries as table
from jobs.readers import Readers
from jobs.reminder_policy import Moment, Policy
from rules.fields import FieldMap
from rules.load import LIBRARY, load
from rules.model import Mode, People, RuleSet
from slack_app.views import Approvals
from tests.connector.stored import make_record, store
from tests.jobs.ledger_builders import at, decide_message, make_line
from tests.jobs.reminding import CALENDAR, HOURS, make_person

PEOPLE = People(
    (make_person("41", "FS"), make_person("80", "Ops"), make_person("81", "Ops"), make_person("82", "Ops", live=False))
)
NOW = at("11-24 09:00")
SCHEMA = MirrorSchema.of({})


@pytest.fixture(scope="module")
def rule_set() -> RuleSet:
    """The shipped rules, one of which plans, one suggests, and one, a table of two rows, plans as well."""
    found = load(LIBRARY, None, FieldMap.of()).rule_set
    assert found is not None
    modes = {
        "planner": Mode.PLAN,
        "adviser": Mode.SUGGEST,
        "doer": Mode.AUTO,
        "table/1": Mode.PLAN,
        "table/2": Mode.PLAN,
    }
    made = tuple(dataclasses.replace(found.rules[0], id=name, mode=mode) for name, mode in modes.items())
    return dataclasses.replace(found, rules=made)


def propose(engine: Engine, rule: str, *contacts: str, state: str = "proposed") -> None:
    lines = [make_line(one, rule=rule, state=state) for one in contacts]
    with writing(engine) as connection:
        plan_lines.add(connection, lines, plan=PlanOpener(1, "v", NOW), now=NOW)


def waits(engine: Engine, rule_set: RuleSet) -> Mapping[str, Approvals]:
    with writing(engine) as connection:
        return approvals.waiting(connection, rule_set, PEOPLE, SCHEMA, NOW)


def tell(engine: Engine, rule_set: RuleSet, moment: str) -> list[tuple[str, str]]:
    """Everything that was ever decided: day and conversation."""
    now = at(moment)
    readers = Readers(Moment(now, Policy(HOURS, CALENDAR)))
    approvals.tell_of_approvals(engine, rule_set, PEOPLE, SCHEMA, readers)
    with writing(engine) as connection:
        rows = connection.execute(select(table).where(table.c.kind == approvals.KIND))
        return sorted((row.day[5:], row.conversation) for row in rows)


def test_a_plan_waits_for_each_live_admin_with_what_rules_in_that_mode_propose(
    engine: Engine, rule_set: RuleSet
) -> None:
    propose(engine, "planner", "501", "502")
    propose(engine, "table/1", "501")
    propose(engine, "table/2", "502")
    propose(engine, "doer", "501")
    propose(engine, "planner", "503", state="held_back")
    assert waits(engine, rule_set) == dict.fromkeys(("80", "81"), Approvals(changes=4, rules=2))


def test_they_hear_once_on_each_open_day_from_the_time_of_the_list_on(engine: Engine, rule_set: RuleSet) -> None:
    propose(engine, "planner", "501")
    assert tell(engine, rule_set, "11-24 08:59") == []
    tuesday = [("11-24", "owner:80"), ("11-24", "owner:81")]
    for moment in ("11-24 09:00", "11-24 09:05", "11-24 17:00", "11-24 20:00"):
        assert tell(engine, rule_set, moment) == tuesday
    assert tell(engine, rule_set, "11-25 09:00") == [*tuesday, ("11-25", "owner:80"), ("11-25", "owner:81")]


def test_on_a_closed_day_nobody_hears(engine: Engine, rule_set: RuleSet) -> None:
    propose(engine, "planner", "501")
    assert tell(engine, rule_set, "11-23 10:00") == []


def test_where_nothing_waits_nobody_hears(engine: Engine, rule_set: RuleSet) -> None:
    propose(engine, "doer", "501")
    assert tell(engine, rule_set, "11-24 09:00") == []


def test_a_proposal_waits_for_the_live_owner_of_its_contact_and_for_nobody_else(
    engine: Engine, rule_set: RuleSet
) -> None:
    owned = {"501": "41", "502": "41", "503": "80", "504": "82", "505": ""}
    records = [make_record(one, properties={"hubspot_owner_id": owner}) for one, owner in owned.items()]
    store(engine, SCHEMA, *records)
    propose(engine, "adviser", *owned, "599", state="suggested")
    propose(engine, "planner", "501")
    assert waits(engine, rule_set) == {
        "41": Approvals(proposals=2),
        "80": Approvals(changes=1, rules=1, proposals=1),
        "81": Approvals(changes=1, rules=1),
    }
    assert tell(engine, rule_set, "11-24 09:00") == [("11-24", f"owner:{one}") for one in ("41", "80", "81")]


def test_what_was_put_off_waits_for_nobody_until_its_time(engine: Engine, rule_set: RuleSet) -> None:
    store(engine, SCHEMA, make_record("501", properties={"hubspot_owner_id": "41"}))
    propose(engine, "adviser", "501", state="suggested")
    for until, expected in (("11-24 09:01", {}), ("11-24 09:00", {"41": Approvals(proposals=1)})):
        with writing(engine) as connection:
            rejections.pause(connection, [1], at(until))
        assert waits(engine, rule_set) == expected


def test_whose_list_of_findings_says_so_gets_no_message_besides(engine: Engine, rule_set: RuleSet) -> None:
    propose(engine, "planner", "501")
    decide_message(engine, "owner:80", owner_id="80")
    assert tell(engine, rule_set, "11-24 09:00") == [("11-24", "owner:81")]


def test_whoever_is_not_reached_is_not_tried_round_after_round(engine: Engine, rule_set: RuleSet) -> None:
    propose(engine, "planner", "501")
    tell(engine, rule_set, "11-24 09:00")
    with writing(engine) as connection:
        for row in deliveries.to_send(connection):
            deliveries.mark(connection, row.id, state="obsolete")
    assert len(tell(engine, rule_set, "11-24 09:05")) == 2


def test_what_slack_could_not_take_on_its_day_is_dropped(engine: Engine, rule_set: RuleSet) -> None:
    propose(engine, "planner", "501")
    tell(engine, rule_set, "11-24 09:00")
    tell(engine, rule_set, "11-25 09:00")
    with writing(engine) as connection:
        assert [row.day for row in deliveries.to_send(connection)] == ["2026-11-25"] * 2
