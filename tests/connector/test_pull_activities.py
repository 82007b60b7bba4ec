"""Calls, emails, notes and tasks are read like deals and meetings, but only where somebody needs them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine

from connector.hubspot import HubSpotGateway
from connector.records import MIRRORED_TYPES
from tests.connector.conftest import create_mirror
from tests.connector.crm import ACTIVITIES, Crm
from tests.connector.pulling import (
    ACTIVITY_NEEDS,
    EVERYTHING,
    NEEDS,
    assert_mirror_equals,
    forget_changes,
    mirrored,
    mirrored_links,
    pull,
)
from tests.connector.test_pull_crash import PowerCut, cut_at_commit
from tests.statements import share_statements

MINUTE = timedelta(minutes=1)

# Of each type the record that is linked with this contact.
LINKED = [
    ("501", "deals", "100701"),
    ("502", "meetings", "200802"),
    ("503", "calls", "300803"),
    ("504", "emails", "400804"),
    ("505", "notes", "500805"),
    ("501", "tasks", "600801"),
]
CONTACTS = {contact_id for contact_id, _, _ in LINKED}


@pytest.fixture
def gateway(crm: Crm, engine: Engine) -> HubSpotGateway:
    """Of a CRM that has been read in full."""
    made = crm.gateway()
    pull(engine, made, needs=EVERYTHING)
    forget_changes(engine)
    return made


def changed_contacts(crm: Crm, engine: Engine, gateway: HubSpotGateway, after: timedelta = MINUTE) -> Any:
    found = pull(engine, gateway, after, EVERYTHING).contacts_to_examine
    assert_mirror_equals(crm, engine, EVERYTHING)
    forget_changes(engine)
    return found


def test_what_nobody_needs_is_not_asked_for(crm: Crm, engine: Engine) -> None:
    report = pull(engine, crm.gateway())
    assert [one["path"] for one in crm.requests() if not ACTIVITIES.keys().isdisjoint(one["path"].split("/"))] == []
    assert set(report.objects) == {"companies", "contacts", "deals", "meetings"}
    assert_mirror_equals(crm, engine)


def test_links_of_all_types_are_those_of_contacts(engine: Engine, gateway: HubSpotGateway) -> None:
    assert {link[2] for link in mirrored_links(engine)} == {*MIRRORED_TYPES} - {"contacts"}
    assert {link[0] for link in mirrored_links(engine)} == {"contacts"}


def test_a_changed_record_has_its_contacts_examined(crm: Crm, engine: Engine, gateway: HubSpotGateway) -> None:
    for _, object_type, record_id in LINKED:
        crm.record("update", object_type, record_id, properties={"hubspot_owner_id": "72"})
    assert changed_contacts(crm, engine, gateway) == CONTACTS


def test_a_link_that_comes_or_goes_with_a_change_is_seen_in_the_same_run(
    crm: Crm, engine: Engine, gateway: HubSpotGateway
) -> None:
    for contact_id, object_type, record_id in LINKED:
        other = str(int(contact_id) + 5)
        crm.record("dissociate", "contacts", contact_id, to_object=object_type, to_id=record_id, quiet=True)
        crm.record("associate", "contacts", other, to_object=object_type, to_id=record_id, quiet=True)
        crm.record("update", object_type, record_id, properties={"hubspot_owner_id": "72"})
    assert changed_contacts(crm, engine, gateway) == {*CONTACTS, "506", "507", "508", "509", "510"}


def test_a_new_record_brings_its_links(crm: Crm, engine: Engine, gateway: HubSpotGateway) -> None:
    for contact_id, object_type, _ in LINKED:
        linked = [{"to_object": "contacts", "to_id": contact_id}]
        crm.control("records", op="create", object=object_type, properties={}, associations=linked)
    assert changed_contacts(crm, engine, gateway) == CONTACTS
    assert {len(mirrored(engine, object_type)) for _, object_type, _ in LINKED} == {6}


def test_an_archived_record_loses_its_links_and_gets_them_back(
    crm: Crm, engine: Engine, gateway: HubSpotGateway
) -> None:
    for _, object_type, record_id in LINKED:
        crm.record("archive", object_type, record_id)
    assert changed_contacts(crm, engine, gateway) == CONTACTS
    assert all(mirrored(engine, object_type)[record_id]["archived"] for _, object_type, record_id in LINKED)
    for _, object_type, record_id in LINKED:
        crm.record("restore", object_type, record_id)
    assert changed_contacts(crm, engine, gateway, 2 * MINUTE) == CONTACTS


def test_a_merged_record_points_at_its_survivor(crm: Crm, engine: Engine, gateway: HubSpotGateway) -> None:
    for _, object_type, record_id in LINKED:
        winner = max(mirrored(engine, object_type).keys() - {record_id}, key=int)
        crm.record("merge", object_type, winner, merge_id=record_id)
    assert changed_contacts(crm, engine, gateway) == CONTACTS | {"504", "505"}
    assert all(mirrored(engine, object_type)[record_id]["merged_into"] for _, object_type, record_id in LINKED)


def test_a_link_that_comes_alone_arrives_within_the_hour(crm: Crm, engine: Engine, gateway: HubSpotGateway) -> None:
    for object_type, (first, _, _) in ACTIVITIES.items():
        crm.record("associate", "contacts", "510", to_object=object_type, to_id=str(first), quiet=True)
    assert changed_contacts(crm, engine, gateway, 61 * MINUTE) == {"510"}


@pytest.mark.parametrize("object_type", ACTIVITIES)
def test_a_type_that_comes_to_be_needed_is_read_in_full_at_once(crm: Crm, engine: Engine, object_type: str) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    forget_changes(engine)
    needs = {**NEEDS, object_type: ACTIVITY_NEEDS[object_type]}
    report = pull(engine, gateway, MINUTE, needs)
    assert {kind: one.read for kind, one in report.objects.items() if one.read} == {object_type: 5}
    assert report.contacts_to_examine is None
    # Beside the sweeps of companies, deals and meetings, one call brings the new links of all contacts.
    assert (report.crm_calls["properties"], report.crm_calls["associations"]) == (1, 4)
    assert_mirror_equals(crm, engine, needs)


@pytest.mark.parametrize("commit", range(0, 12, 2))
def test_a_type_whose_first_reading_was_cut_off_is_read_to_the_end(crm: Crm, sqlite_url: str, commit: int) -> None:
    engine = share_statements(create_engine(sqlite_url))
    create_mirror(engine)
    gateway = crm.gateway()
    pull(engine, gateway)
    with cut_at_commit(engine, commit), pytest.raises(PowerCut):
        pull(engine, gateway, MINUTE, EVERYTHING)
    crm.record("update", "calls", "300801", properties={"hs_call_direction": "INBOUND"})
    pull(engine, gateway, 2 * MINUTE, EVERYTHING)
    assert_mirror_equals(crm, engine, EVERYTHING)
    engine.dispose()


def test_a_type_that_is_needed_no_more_is_dropped_and_later_read_anew(
    crm: Crm, engine: Engine, gateway: HubSpotGateway
) -> None:
    pull(engine, gateway, MINUTE)
    assert_mirror_equals(crm, engine)
    crm.record("merge", "contacts", "501", merge_id="502")
    crm.record("dissociate", "contacts", "504", to_object="calls", to_id="300804", quiet=True)
    pull(engine, gateway, 2 * MINUTE)
    assert changed_contacts(crm, engine, gateway, 3 * MINUTE) is None
