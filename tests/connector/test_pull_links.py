from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from tests.connector.crm import Crm, make_portal, running_crm
from tests.connector.pulling import assert_mirror_equals, forget_changes, mirrored_links, pull

MINUTE = timedelta(minutes=1)


def test_a_link_that_comes_alone_arrives_with_the_next_run(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    forget_changes(engine)
    crm.record("associate", "contacts", "510", to_object="deals", to_id="100702", quiet=True)
    crm.record("associate", "contacts", "511", to_object="meetings", to_id="200802", quiet=True)
    report = pull(engine, gateway, MINUTE)
    assert ("contacts", "510", "deals", "100702", 4) in mirrored_links(engine)
    assert_mirror_equals(crm, engine)
    assert report.contacts_to_examine is not None
    assert report.contacts_to_examine >= {"510", "511"}


def test_a_link_that_goes_alone_is_removed(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    forget_changes(engine)
    crm.record("dissociate", "contacts", "501", to_object="deals", to_id="100701", quiet=True)
    report = pull(engine, gateway, MINUTE)
    assert ("contacts", "501", "deals", "100701", 4) not in mirrored_links(engine)
    assert report.contacts_to_examine is not None
    assert "501" in report.contacts_to_examine


def test_a_new_deal_brings_its_links(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    values = {"dealname": "新規", "dealstage": "appointmentscheduled", "pipeline": "default"}
    linked = [{"to_object": "contacts", "to_id": "507"}]
    crm.control("records", op="create", object="deals", properties=values, associations=linked)
    pull(engine, gateway, MINUTE)
    assert_mirror_equals(crm, engine)


def test_archiving_a_deal_removes_its_links_and_names_its_contacts(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    forget_changes(engine)
    crm.record("archive", "deals", "100703")
    report = pull(engine, gateway, MINUTE)
    assert_mirror_equals(crm, engine)
    assert report.contacts_to_examine is not None
    assert "503" in report.contacts_to_examine


def test_a_changed_company_link_arrives_within_the_hour(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    crm.record("dissociate", "contacts", "501", to_object="companies", to_id="301", quiet=True)
    pull(engine, gateway, 61 * MINUTE)
    assert_mirror_equals(crm, engine)


def test_the_sweep_goes_round_a_thousand_records_per_run(engine: Engine) -> None:
    with running_crm(lambda: make_portal(contacts=20, deals=1500, meetings=0)) as crm:
        gateway = crm.gateway()
        pull(engine, gateway)
        crm.record("dissociate", "contacts", "501", to_object="deals", to_id="102181", quiet=True)
        crm.record("dissociate", "contacts", "501", to_object="deals", to_id="100701", quiet=True)
        pull(engine, gateway, MINUTE)
        pull(engine, gateway, 2 * MINUTE)
        assert_mirror_equals(crm, engine)


def test_the_links_of_a_full_run_cost_one_call_per_kind_and_thousand(engine: Engine) -> None:
    with running_crm(lambda: make_portal(contacts=1001)) as crm:
        assert pull(engine, crm.gateway()).crm_calls["associations"] == 3 * 2
        assert_mirror_equals(crm, engine)
