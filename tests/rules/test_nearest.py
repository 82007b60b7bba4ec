from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, update

from connector.mirror.reads import read_record
from connector.mirror.typed import computed_columns
from connector.records import CONTACTS
from jobs.why_not import as_json, nearest
from rules.assumed import Assumption
from rules.compile import finding_hits
from rules.conditions import Condition, Operator
from rules.explain import explain
from rules.model import Rule
from rules.nearest import Nearest
from tests.rules.odd_records import fill, rules_about_everything
from tests.rules.portal import SUNDAY, Portal, jst, rule_text
from tests.rules.random_conditions import compared_by, comparisons, conditions, trees


def nearest_to(portal: Portal, rule: Rule, contact: str) -> tuple[Nearest | None, dict[str, Any]]:
    """With what the command says about it."""
    portal.derive(only=[contact])
    query, shape = explain(portal.rule_set, rule, portal.schema, portal.world(SUNDAY), [contact])
    row = portal.connection.execute(query).one()
    assert not row.verdict
    stored = read_record(portal.connection, portal.schema, CONTACTS, contact)
    assert stored is not None
    assumption = Assumption(shape.ground, contact)
    found = nearest(portal.connection, assumption, rule, shape, row, stored)
    return found, as_json(found, shape, stored) if found else {}


def said(portal: Portal, rule_id: str, contact: str) -> tuple[str, str]:
    _, document = nearest_to(portal, portal.rule_set.rule(rule_id), contact)
    return (document["text"], document["text_ja"]) if document else ("", "")


def found_at(portal: Portal, rule: Rule, contact: str, now: datetime) -> bool:
    """Whether an examination at that time finds it."""
    portal.derive(now, only=[contact])
    hits = finding_hits(portal.rule_set, rule, portal.schema, portal.world(now))
    return contact in {row.record_id for row in portal.connection.execute(hits)}


def write(portal: Portal, contact: str, values: dict[str, str | None]) -> None:
    """As if a person had changed it, and it had been read."""
    columns = computed_columns(portal.schema.kinds[CONTACTS], portal.schema.searched[CONTACTS])
    table = portal.schema.table(CONTACTS)
    changed = {one.column: one.value(values) for one in columns if one.property in values}
    if changed:
        portal.connection.execute(update(table).where(table.c.id == contact).values(changed))


def test_where_time_alone_is_missing_it_says_from_when_on(portal: Portal) -> None:
    contact = portal.contact("x", "OPEN_DEAL", jst("11-19"))
    portal.meeting(contact, jst("11-17 10:00"))
    rule = portal.rule_set.rule("l1-meeting-without-outcome")
    # Set on Thursday 19: Friday 20 and, after a holiday, Tuesday 24 are the two business days; from Wednesday it is older.
    _, document = nearest_to(portal, rule, contact)
    assert document == {
        "text": "it will match from Wed 25 Nov 00:00 if nothing changes",
        "text_ja": "何も変わらなければ、11月25日（水）00:00から当たります",
        "at": "2026-11-25T00:00:00+09:00",
        "changes": [],
        "conditions": [],
    }
    before = jst("11-25 00:00") - timedelta(milliseconds=1)
    assert [found_at(portal, rule, contact, at) for at in (before, jst("11-25 00:00"))] == [False, True]


def test_it_names_the_value_that_is_missing(portal: Portal) -> None:
    contact = portal.contact("x", "NEW", jst("11-01"))
    portal.meeting(contact, jst("11-02 10:00"))
    found, document = nearest_to(portal, portal.rule_set.rule("l1-meeting-without-outcome"), contact)
    assert found is not None
    assert document["text"] == "it would match if: Lead status is Open deal"
    assert document["text_ja"] == "次のようであれば当たります: リードステータスが「オープン取引」"
    assert document["changes"] == [
        {"word": "lead_status", "property": "hs_lead_status", "from": "NEW", "to": "OPEN_DEAL"}
    ]


def test_of_related_records_it_names_the_condition(portal: Portal) -> None:
    contact = portal.contact("x", "OPEN_DEAL", jst("11-01"))
    portal.meeting(contact, jst("11-02 10:00"))
    portal.deal(contact, "open")
    assert said(portal, "l1-meeting-without-outcome", contact)[0] == (
        "it would match if: there is none of: deals of the round"
    )


def test_a_change_and_a_wait_are_said_together(portal: Portal) -> None:
    contact = portal.contact("x", "NEW", jst("11-19"))
    portal.meeting(contact, jst("11-17 10:00"))
    assert said(portal, "l1-meeting-without-outcome", contact) == (
        "it would match from Wed 25 Nov 00:00 if: Lead status is Open deal",
        "次のようであれば、11月25日（水）00:00から当たります: リードステータスが「オープン取引」",
    )


CASES = [
    ("lead_score: {at_least: 70}", "it would match if: リードスコア is at least 70"),
    # Of two bounds neither may be crossed: a value within both is named.
    ("all: [lead_score: {at_least: 70}, lead_score: {less_than: 80}]", "it would match if: リードスコア is 70"),
    ("any: [{lead_status: OPEN_DEAL, lead_score: 5}, {owner: {role: IS}}]", "it would match if: Contact owner has the role IS"),
    ("not: {owner: {live: true}}", "it would match if: Contact owner is not active"),
    ("created_at: {within_last: 30 days}", "it would match if: Created: within the last 30 days (since 2026-10-23)"),
    ("not: {lead_status: {changed_within: 9 days}}", "it will match from Mon 30 Nov 00:00 if nothing changes"),
    ("next_contact_date: {within_next: 2 days}", "it will match from Thu 26 Nov 00:00 if nothing changes"),
    ("next_contact_date: {before: now}", "it will match from Sun 29 Nov 00:00 if nothing changes"),
    ("owner: {was_ever: '1'}", "it would match if: Contact owner was ever 1"),
    ("all: [lead_status: OPEN_DEAL, lead_status: BAD_TIMING]", ""),
]  # fmt: skip


@pytest.mark.parametrize(("when", "expected"), CASES)
def test_what_is_nearest(portal_with: Callable[[str], Portal], when: str, expected: str) -> None:
    portal = portal_with(rule_text("x", when))
    contact = portal.contact("x", "NEW", jst("11-20"), next_contact_date="2026-11-28", lead_score="12")
    assert said(portal, "x", contact)[0] == expected


# --- What is said is true ---

_SETTINGS = settings(
    derandomize=True,
    phases=(Phase.generate,),
    deadline=None,
    database=None,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
)
_OF_TIME = (
    Operator.OLDER_THAN,
    Operator.WITHIN_LAST,
    Operator.WITHIN_NEXT,
    Operator.UNCHANGED_FOR,
    Operator.CHANGED_WITHIN,
)


def of_values_and_time() -> st.SearchStrategy[Condition]:
    """Half of what is asked is asked about time, and nothing about related records."""
    timely = st.one_of([compared_by(CONTACTS, operator) for operator in _OF_TIME])
    return trees(comparisons(CONTACTS) | timely)


@dataclasses.dataclass
class Trial:
    portal: Portal
    tried: Counter[str] = dataclasses.field(default_factory=Counter[str])

    def comes_true(self, condition: Condition, contact: str) -> None:
        """The record is changed as was said and looked at when was said: then the rule matches."""
        rule = dataclasses.replace(self.portal.rule_set.rules[0], when=condition)
        if found_at(self.portal, rule, contact, SUNDAY):
            return
        found, _ = nearest_to(self.portal, rule, contact)
        if found is None:
            self.tried["nothing"] += 1
            return
        self.tried.update(said=1, changed=bool(found.changes), waited=bool(found.at), given=bool(found.conditions))
        # Only what is said to be about related records, or about the past, is taken as given.
        as_said = dataclasses.replace(rule, when=found.when) if found.conditions else rule
        with self.portal.connection.begin_nested() as undone:
            write(self.portal, contact, found.values)
            assert found_at(self.portal, as_said, contact, found.at or SUNDAY), found.texts
            undone.rollback()


@pytest.mark.parametrize(("about", "examples"), [("values", 60), ("related", 15)])
def test_what_is_said_comes_true(connection: Connection, tmp_path: Path, about: str, examples: int) -> None:
    rule_set = rules_about_everything(tmp_path)
    portal, records = fill(connection, rule_set, 5)
    trial = Trial(portal)
    asked = of_values_and_time() if about == "values" else conditions(rule_set.relations)

    @settings(_SETTINGS, max_examples=examples)
    @given(asked, st.sampled_from([one.id for one in records]))
    def comes_true(condition: Condition, contact: str) -> None:
        trial.comes_true(condition, contact)

    comes_true()
    tried = trial.tried

    assert tried["said"] > 8 * tried["nothing"], tried
    assert min(tried[how] for how in (("changed", "waited") if about == "values" else ("given",))) >= 3, tried
