"""Approved lines reach the CRM once, within their rule's cap, and never over a person's newer value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, Row, select

from connector.errors import CrmUnavailable, ScopeMissing
from connector.gateway import Refusal
from connector.mirror.shared_rows import store_owners, store_portal
from connector.records import CONTACTS, Owner, PortalInfo, PropertyDefinition, Version
from jobs.admit import Cap, approve
from jobs.apply import Applied, Author, apply
from jobs.database import writing
from jobs.ledger import audit, known_properties, memberships, plan_lines
from jobs.ledger.memberships import Place, Wanted
from jobs.ledger.plan_lines import LIST_PROPERTY, PlanOpener
from jobs.ledger.tables import plan_lines as table
from rules.drift import Change, Known, Misfit
from tests.jobs.ledger_builders import at, make_line
from tests.jobs.standins import StandInGateway

NOW = at("11-24 09:30")
AUTHOR = Author("mimawari", "cycle")


def add(engine: Engine, *lines: plan_lines.Line) -> list[int]:
    with writing(engine) as connection:
        return plan_lines.add(connection, lines, plan=PlanOpener(1, "v1", NOW), now=NOW)


def rows(engine: Engine) -> Sequence[Row[Any]]:
    with writing(engine) as connection:
        return connection.execute(select(table).order_by(table.c.id)).all()


def run(engine: Engine, gateway: StandInGateway, only: Sequence[int] | None = None) -> Applied:
    return apply(engine, gateway, author=AUTHOR, now=NOW, only=only)


def test_an_approved_line_is_written_and_settled(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "COOL"}})
    add(engine, make_line("501", before="COOL", after="HOT", state="approved"))
    assert run(engine, gateway).applied == 1
    assert gateway.contacts["501"]["lead_rank"] == "HOT"
    assert [(row.state, row.open_key, row.settled_at) for row in rows(engine)] == [("applied", None, NOW)]


def test_nothing_is_written_twice(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "COOL"}})
    add(engine, make_line("501", before="COOL", after="HOT", state="approved"))
    run(engine, gateway)
    assert run(engine, gateway).lines == []
    assert len(gateway.updates) == 1


def test_what_goes_to_a_property_that_no_longer_fits_stays_approved_until_it_does(engine: Engine) -> None:
    gateway = StandInGateway({"501": {}, "502": {}})
    fits = Known(PropertyDefinition(CONTACTS, "lead_rank", "Rank", "enumeration", "select"), "a rule")
    with writing(engine) as connection:
        known_properties.keep(connection, fits)
        known_properties.note(connection, (CONTACTS, "lead_rank"), (Misfit(Change.GONE, "HOT"),))
    add(engine, make_line("501", state="approved"), make_line("502", name="other", state="approved"))
    held = run(engine, gateway)
    assert (held.applied, held.complete) == (1, False)
    assert "lead_rank has no option HOT" in (held.trouble or "")
    assert [row.state for row in rows(engine)] == ["approved", "applied"]
    with writing(engine) as connection:
        known_properties.keep(connection, fits)
    assert run(engine, gateway).applied == 1


def test_a_permission_that_the_crm_refuses_for_is_not_tried_again_at_once(engine: Engine) -> None:
    gateway = StandInGateway({"501": {}})
    gateway.trouble = ScopeMissing("no permission", ["crm.objects.contacts.write"])
    add(engine, make_line("501", state="approved"))
    assert run(engine, gateway).trouble == "no permission"
    again = apply(engine, gateway, author=AUTHOR, now=NOW + timedelta(minutes=29))
    assert "without the permission crm.objects.contacts.write" in (again.trouble or "")
    assert gateway.updates == []
    assert apply(engine, gateway, author=AUTHOR, now=NOW + timedelta(minutes=31)).applied == 1


def test_what_nobody_approved_is_left_alone(engine: Engine) -> None:
    gateway = StandInGateway({"501": {}, "502": {}})
    add(engine, make_line("501", state="proposed"), make_line("502", state="suggested"))
    assert run(engine, gateway).lines == []
    assert gateway.updates == []


def test_a_persons_newer_value_stays_and_is_reported(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "WARM"}})
    add(engine, make_line("501", before="COOL", after="HOT", state="approved"))
    applied = run(engine, gateway)
    assert (applied.conflict, applied.lines[0]["seen"]) == (1, "WARM")
    assert gateway.contacts["501"]["lead_rank"] == "WARM"


def test_a_conflict_names_who_changed_the_value_and_when(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "WARM"}})
    gateway.history["501"] = {"lead_rank": [Version("WARM", at("11-24 09:12"), "CRM_UI", "userId:141", 141)]}
    with writing(engine) as connection:
        store_owners(connection, [Owner("41", None, "Hana", "Sato", 141, False, ())])
        store_portal(connection, PortalInfo("1", "Asia/Tokyo"))
    add(engine, make_line("501", before="COOL", after="HOT", state="approved"))
    (line,) = run(engine, gateway).lines
    assert line["cause"] == "Sato Hana changed it to WARM on 2026-11-24 09:12; that value stays."


def test_a_value_that_was_right_already_is_not_noted_as_ours(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "HOT"}, "502": {"lead_rank": "COOL"}})
    add(engine, *(make_line(i, before="COOL", after="HOT", state="approved") for i in ("501", "502")))
    run(engine, gateway)
    assert [row.written for row in rows(engine)] == [False, True]


def test_a_record_that_is_gone_fails_with_a_cause(engine: Engine) -> None:
    add(engine, make_line("501", state="approved"))
    applied = run(engine, StandInGateway({}))
    assert applied.failed == 1
    assert "no longer in HubSpot" in applied.lines[0]["cause"]


def test_one_refused_record_does_not_stop_the_others(engine: Engine) -> None:
    gateway = StandInGateway({"501": {}, "502": {}})
    gateway.refusals["501"] = Refusal("HOT is no option of this property.")
    add(engine, make_line("501", state="approved"), make_line("502", state="approved"))
    run(engine, gateway)
    assert [(row.object_id, row.state) for row in rows(engine)] == [("501", "failed"), ("502", "applied")]


def test_a_crm_that_goes_away_leaves_the_line_for_the_next_run(engine: Engine) -> None:
    gateway = StandInGateway({"501": {}})
    gateway.trouble = CrmUnavailable("HubSpot does not answer.")
    add(engine, make_line("501", state="approved"))
    assert run(engine, gateway).trouble == "HubSpot does not answer."
    assert run(engine, gateway).applied == 1
    assert len(gateway.updates) == 1


def test_a_write_whose_answer_was_lost_is_not_written_again(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "COOL"}})
    gateway.trouble, gateway.trouble_after = CrmUnavailable("The answer was lost."), True
    add(engine, make_line("501", before="COOL", after="HOT", state="approved"))
    run(engine, gateway)
    assert run(engine, gateway).applied == 1
    assert len(gateway.updates) == 1


def test_a_line_that_a_crash_left_in_writing_is_finished(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "HOT"}, "502": {"lead_rank": "COOL"}})
    add(engine, *(make_line(i, before="COOL", after="HOT", state="writing") for i in ("501", "502")))
    assert run(engine, gateway).applied == 2
    assert [one.id for one in gateway.updates] == ["502"]


def test_only_the_lines_asked_for_are_written(engine: Engine) -> None:
    gateway = StandInGateway({"501": {}, "502": {}})
    _, second = add(engine, make_line("501", state="approved"), make_line("502", state="approved"))
    run(engine, gateway, only=[second])
    assert [row.state for row in rows(engine)] == ["approved", "applied"]


def test_a_rule_over_its_cap_writes_nothing_and_names_both_numbers(engine: Engine) -> None:
    add(engine, *(make_line(str(i), rule="many") for i in range(501, 504)), make_line("501", rule="few"))
    approved, capped = approve(engine, rows(engine), {"many": 2, "few": 2}, "run 1")
    assert capped == [Cap("many", 2, 3)]
    assert [row.state for row in rows(engine)] == ["proposed", "proposed", "proposed", "approved"]
    assert approved == [rows(engine)[3].id]


def test_a_rule_at_its_cap_is_within_it(engine: Engine) -> None:
    add(engine, make_line("501"), make_line("502"))
    assert approve(engine, rows(engine), {"h1": 2}, "run 1")[1] == []


def test_a_rule_without_a_cap_may_write_nothing(engine: Engine) -> None:
    add(engine, make_line("501"))
    assert approve(engine, rows(engine), {}, "run 1")[1] == [Cap("h1", 0, 1)]


def test_every_write_is_audited_with_the_rule_and_both_values(engine: Engine) -> None:
    add(engine, make_line("501", before=None, after="HOT", state="approved"))
    run(engine, StandInGateway({"501": {}}))
    with writing(engine) as connection:
        (entry,) = audit.read(connection, record_key=("contacts", "501"))
    assert (entry["action"], entry["before"], entry["after"]) == ("write.applied", None, "HOT")
    assert entry["reason"] == "rule h1@v1-of-th"


def place_on_list(engine: Engine, *ids: str) -> None:
    with writing(engine) as connection:
        wanted = Wanted("recycle", "recycle", [Place("リサイクル: CRM", i, "CRM", None) for i in ids])
        memberships.reconcile(connection, wanted, NOW)


def test_members_are_added_and_removed_in_the_crm(engine: Engine) -> None:
    gateway = StandInGateway({"501": {}, "502": {}})
    gateway.lists["リサイクル: CRM"] = ["502"]
    place_on_list(engine, "501")
    joins = make_line("501", name=LIST_PROPERTY, before=None, after="リサイクル: CRM", rule="recycle", state="approved")
    leaves = make_line(
        "502", name=LIST_PROPERTY, before="リサイクル: CRM", after=None, rule="recycle", state="approved"
    )
    add(engine, joins, leaves)
    assert run(engine, gateway).applied == 2
    assert gateway.lists == {"リサイクル: CRM": ["501"]}
    with writing(engine) as connection:
        assert memberships.differences(connection, "recycle", None) == []


def test_a_member_that_the_crm_does_not_know_fails_alone(engine: Engine) -> None:
    place_on_list(engine, "501", "502")
    joins = {"name": LIST_PROPERTY, "before": None, "after": "リサイクル: CRM", "rule": "recycle", "state": "approved"}
    add(engine, make_line("501", **joins), make_line("502", **joins))
    applied = run(engine, StandInGateway({"501": {}}))
    assert (applied.applied, applied.failed) == (1, 1)
    with writing(engine) as connection:
        assert [row.object_id for row in memberships.differences(connection, "recycle", None)] == ["502"]


def test_the_rows_of_a_table_share_the_cap_of_their_rule(engine: Engine) -> None:
    add(engine, make_line("501", rule="t/row-1"), make_line("502", rule="t/row-2"))
    assert approve(engine, rows(engine), {"t": 1}, "run 1") == ([], [Cap("t", 1, 2)])
