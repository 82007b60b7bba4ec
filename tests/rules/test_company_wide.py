"""Whom a decision for a whole company is about, and for which steps there is one."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine

from connector.records import COMPANIES, CONTACTS
from rules.company_wide import others_at_company
from rules.fields import FieldMap
from rules.load import load
from rules.model import RuleSet
from rules.transitions import covered_with, steps_covering
from tests.rules.portal import SUNDAY, Portal, make_catalogue, rule_text, schema_for

WORK = ("NEW", "IN_PROGRESS", "OPEN_DEAL", "CONNECTED")
SERVICE, OTHER_SERVICE = "crm_setup", "exhibition"


def others(portal: Portal, contact_id: str) -> set[str]:
    query = others_at_company(portal.rule_set, portal.schema, contact_id, WORK)
    return {portal.names[one] for one in portal.connection.execute(query).scalars()}


def test_it_is_about_the_company_s_contacts_with_one_service_in_common(portal: Portal) -> None:
    first = portal.contact("first", "BAD_TIMING", inquiry_service=SERVICE)
    company = portal.company(first, "A")

    def colleague(name: str, status: str, services: str | None, **more: object) -> str:
        made = portal.contact(name, status, inquiry_service=services, row=more or None)
        portal.link(made, COMPANIES, company)
        return made

    for status in (*WORK, "BAD_TIMING", "UNQUALIFIED", "OPEN"):
        colleague(status, status, SERVICE)
    colleague("both services", "NEW", f"{OTHER_SERVICE};{SERVICE}")
    colleague("other service", "NEW", OTHER_SERVICE)
    colleague("no service", "NEW", None)
    colleague("unknown service", "NEW", "SOMETHING_OLD")
    colleague("deleted", "NEW", SERVICE, archived_at=SUNDAY)
    portal.company(portal.contact("other company", "NEW", inquiry_service=SERVICE), "B")
    assert others(portal, first) == {*WORK, "both services"}


def test_whoever_is_linked_besides_their_own_company_is_not_meant(portal: Portal) -> None:
    first = portal.contact("first", "BAD_TIMING", inquiry_service=SERVICE)
    company = portal.company(first, "A")
    adviser = portal.contact("adviser", "NEW", inquiry_service=SERVICE)
    portal.company(adviser, "B")
    portal.link(adviser, COMPANIES, company, 279)
    assert others(portal, first) == set()
    assert others(portal, adviser) == set()


def test_without_company_or_known_service_it_is_about_nobody(portal: Portal) -> None:
    alone = portal.contact("alone", "BAD_TIMING", inquiry_service=SERVICE)
    unknown = portal.contact("unknown", "BAD_TIMING", inquiry_service="SOMETHING_OLD")
    company = portal.company(unknown, "A")
    for services in (None, "SOMETHING_OLD", SERVICE):
        portal.link(portal.contact("colleague", "NEW", inquiry_service=services), COMPANIES, company)
    assert others(portal, alone) == set()
    assert others(portal, unknown) == set()


def test_where_the_portal_has_no_such_property_it_is_about_nobody(tmp_path: Path) -> None:
    catalogue = make_catalogue()
    catalogue[CONTACTS] = [one for one in catalogue[CONTACTS] if one.name != "inquiry_service"]
    path = tmp_path / "rules.yaml"
    path.write_text("format: 1\nrules:\n" + rule_text("new", "- lead_status: NEW"), encoding="utf-8")
    loaded = load(path, catalogue, FieldMap.of())
    assert loaded.errors == ()
    assert loaded.rule_set is not None
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        portal = Portal.on(connection, loaded.rule_set, catalogue)
        first, second = portal.contact("first", "BAD_TIMING"), portal.contact("second", "NEW")
        portal.link(second, COMPANIES, portal.company(first, "A"))
        assert others(portal, first) == set()
    engine.dispose()


def test_the_service_is_read_also_where_no_rule_asks_for_it(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("format: 1\nrules:\n" + rule_text("new", "- lead_status: NEW"), encoding="utf-8")
    loaded = load(path, make_catalogue(), FieldMap.of())
    assert loaded.rule_set is not None
    assert "inquiry_service" in schema_for(loaded.rule_set).kinds[CONTACTS]


def test_the_shipped_table_lets_one_step_be_taken_for_the_company(rule_set: RuleSet) -> None:
    vocabulary = rule_set.vocabulary
    wide = {step for step in vocabulary.steps if covered_with(vocabulary, *step)}
    assert wide == {("OPEN_DEAL", "BAD_TIMING")}
    assert covered_with(vocabulary, "OPEN_DEAL", "BAD_TIMING") == WORK
    assert vocabulary.steps["OPEN_DEAL", "BAD_TIMING"] == {"FS"}


def test_a_contact_that_was_taken_along_has_the_step_that_took_it(rule_set: RuleSet) -> None:
    assert steps_covering(rule_set.vocabulary, "NEW", "BAD_TIMING") == [("OPEN_DEAL", "BAD_TIMING")]
    assert steps_covering(rule_set.vocabulary, "ATTEMPTED_TO_CONTACT", "BAD_TIMING") == []
    assert steps_covering(rule_set.vocabulary, "NEW", "UNQUALIFIED") == []
