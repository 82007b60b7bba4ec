"""What must be so before a step: T3 to T5 and T7 of the table, on both sides of each guard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from rules.fields import FieldMap
from rules.guards import asked, guards_of, unmet
from rules.load import load
from rules.model import RuleSet
from rules.step_guard import Guard
from rules.transitions import judge
from tests.rules.portal import FS_OWNER, GONE_FS, IS_OWNER, SUNDAY, Portal, jst, make_catalogue

PITCH = {"unqualified_reason": "sales_pitch"}
CONNECTED = "f240bbac-87c9-4f6e-bf70-924b57d47db7"
Make = Callable[[Portal, str], object]


def failed(portal: Portal, contact: str, wanted: str, present: str = "NEW", **answers: str) -> list[str]:
    """The names of the guards that forbid the step."""
    portal.derive(only=[contact])
    rule_set, world = portal.rule_set, portal.world(SUNDAY)
    guards = guards_of(rule_set, present, wanted, answers)
    row = portal.connection.execute(asked(rule_set, guards, portal.schema, world, contact)).one()
    return [guard.name for guard in unmet(guards, row)]


CASES: list[tuple[str, dict[str, str], Make, list[str]]] = [
    # T3: a pitch that was answered is none; other reasons ask for nothing.
    ("UNQUALIFIED", PITCH, lambda p, c: None, []),
    ("UNQUALIFIED", PITCH, lambda p, c: p.activity(c, "calls", jst("11-19"), hs_call_direction="INBOUND"), []),
    ("UNQUALIFIED", PITCH, lambda p, c: p.activity(c, "calls", jst("11-19"), hs_call_direction="OUTBOUND"), ["pitch-was-not-answered"]),
    ("UNQUALIFIED", PITCH, lambda p, c: p.activity(c, "calls", jst("11-09"), hs_call_direction="OUTBOUND"), []),
    ("UNQUALIFIED", PITCH, lambda p, c: p.activity(c, "emails", jst("11-19"), hs_email_direction="EMAIL"), ["pitch-was-not-answered"]),
    ("UNQUALIFIED", {"unqualified_reason": "no_fit"}, lambda p, c: p.activity(c, "calls", jst("11-19"), hs_call_direction="OUTBOUND"), []),
    # T4, T7: somebody has talked to the contact in this cycle.
    ("BAD_TIMING", {}, lambda p, c: None, ["contact-was-talked-to"]),
    ("BAD_TIMING", {}, lambda p, c: p.activity(c, "calls", jst("11-19"), hs_call_disposition=CONNECTED), []),
    ("BAD_TIMING", {}, lambda p, c: p.activity(c, "calls", jst("11-19"), hs_call_disposition="other"), ["contact-was-talked-to"]),
    ("BAD_TIMING", {}, lambda p, c: p.activity(c, "calls", jst("11-09"), hs_call_disposition=CONNECTED), ["contact-was-talked-to"]),
    ("BAD_TIMING", {}, lambda p, c: p.meeting(c, jst("11-19"), hs_meeting_outcome="COMPLETED"), []),
    ("BAD_TIMING", {}, lambda p, c: p.activity(c, "emails", jst("11-19"), hs_email_direction="INCOMING_EMAIL"), []),
    ("BAD_TIMING", {}, lambda p, c: p.activity(c, "emails", jst("11-19"), hs_email_direction="EMAIL"), ["contact-was-talked-to"]),
    ("BAD_TIMING", {}, lambda p, c: p.activity(c, "notes", jst("11-19"), hs_note_body="<p>【会話】</p>"), []),
    # T5: an FS meeting with a date, past or ahead, and somebody of FS who is still there.
    ("OPEN_DEAL", {}, lambda p, c: None, ["fs-meeting-is-set", "fs-owner-is-there"]),
    ("OPEN_DEAL", {}, lambda p, c: p.meeting(c, jst("11-26")), []),
    ("OPEN_DEAL", {}, lambda p, c: p.meeting(c, jst("11-19")), []),
    ("OPEN_DEAL", {}, lambda p, c: p.meeting(c, None), ["fs-meeting-is-set", "fs-owner-is-there"]),
    ("OPEN_DEAL", {}, lambda p, c: p.meeting(c, jst("11-26"), hubspot_owner_id=IS_OWNER), ["fs-meeting-is-set", "fs-owner-is-there"]),
    ("OPEN_DEAL", {}, lambda p, c: p.meeting(c, jst("11-26"), hubspot_owner_id=GONE_FS), ["fs-owner-is-there"]),
    ("OPEN_DEAL", {}, lambda p, c: p.meeting(c, jst("11-26"), hs_meeting_outcome="CANCELED"), ["fs-meeting-is-set"]),
    # T2, T6, T11 need nothing but the role.
    ("IN_PROGRESS", {}, lambda p, c: None, []),
    ("ATTEMPTED_TO_CONTACT", {}, lambda p, c: None, []),
    ("CONNECTED", {}, lambda p, c: None, []),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "answers", "make", "expected"), CASES)
def test_a_step_needs_what_the_table_says(
    sqlite_portal: Portal, wanted: str, answers: dict[str, str], make: Make, expected: list[str]
) -> None:
    contact = sqlite_portal.contact("x", "NEW", jst("11-18"), created=jst("11-10"), hubspot_owner_id=IS_OWNER)
    make(sqlite_portal, contact)
    assert failed(sqlite_portal, contact, wanted, **answers) == expected


@pytest.fixture
def sqlite_portal(tmp_path: Path, rule_set: RuleSet) -> Iterator[Portal]:
    """What the conditions mean on both databases is tested with the conditions."""
    engine = create_engine(f"sqlite:///{tmp_path / 'portal.db'}")
    with engine.connect() as connection:
        yield Portal.on(connection, rule_set)
    engine.dispose()


def test_on_both_databases_an_fs_owner_is_enough_beside_the_meeting(portal: Portal) -> None:
    contact = portal.contact("x", "NEW", jst("11-18"), hubspot_owner_id=FS_OWNER)
    portal.meeting(contact, jst("11-26"), hubspot_owner_id=GONE_FS)
    assert failed(portal, contact, "OPEN_DEAL") == []
    assert failed(portal, contact, "OPEN_DEAL", present="IN_PROGRESS") == []


def test_a_contact_that_is_gone_fulfils_nothing(rule_set: RuleSet) -> None:
    guards = guards_of(rule_set, "NEW", "OPEN_DEAL", {})
    assert unmet(guards, None) == guards


def test_a_guard_holds_back_whom_the_table_allows_until_they_say_why(rule_set: RuleSet) -> None:
    guards = guards_of(rule_set, "NEW", "BAD_TIMING", {})

    def verdict(*roles: str, reason: str | None = None, unmet: tuple[Guard, ...] = guards) -> tuple[bool, str | None]:
        found = judge(rule_set.vocabulary, "NEW", "BAD_TIMING", roles, (), reason, unmet)
        assert found.guards == (guards if found.reason == "guard_refused" else ())
        assert found.needs_override_reason is (found.reason == "guard_refused")
        return found.allowed, found.reason

    assert verdict("IS") == (False, "guard_refused")
    assert verdict("Manager") == (False, "guard_refused")
    assert verdict("FS") == (False, "role_refused")
    assert verdict("Ops") == (False, "guard_refused")
    assert verdict("IS", reason="they called my own phone") == (True, None)
    assert verdict("FS", reason="they called my own phone") == (False, "role_refused")
    assert verdict("IS", unmet=()) == (True, None)


def test_every_guard_stands_before_a_step_of_the_table(rule_set: RuleSet) -> None:
    assert len(rule_set.guards) == 4
    assert all(guard.steps and guard.steps <= rule_set.vocabulary.steps.keys() for guard in rule_set.guards)


def test_a_guard_is_checked_like_any_condition(tmp_path: Path) -> None:
    text = (Path(load.__code__.co_filename).parent / "library" / "vocabulary.yaml").read_text(encoding="utf-8")
    (tmp_path / "vocabulary.yaml").write_text(
        text.replace("host: {role: FS}", "hots: {role: FS}").replace("to: BAD_TIMING", "to: OPEN"), encoding="utf-8"
    )
    errors = load(tmp_path, make_catalogue(), FieldMap.of()).errors
    assert [one.message.en for one in errors] == [
        "'NEW → OPEN' is not one of the steps",
        "'IN_PROGRESS → OPEN' is not one of the steps",
        "'hots' is no property of a meeting",
    ]
