from __future__ import annotations

import time
from datetime import timedelta

import pytest
from sqlalchemy import Engine, create_engine, event

from connector.errors import AccessRefused
from connector.pull import SyncRequest, sync
from connector.pull_store import Progress
from connector.records import ALWAYS_MIRRORED
from connector.sandbox.generator import generate
from connector.sandbox.state import Portal
from tests.connector.conftest import create_mirror
from tests.connector.crm import ACTIVITIES, NOW, Crm, make_portal, running_crm
from tests.connector.pulling import (
    ACTIVITY_NEEDS,
    EVERYTHING,
    NEEDS,
    assert_mirror_equals,
    forget_changes,
    former,
    mirrored,
    pull,
    schema_of,
    statuses,
)
from tests.statements import share_statements

MINUTE = timedelta(minutes=1)


def test_the_first_run_reads_everything(crm: Crm, engine: Engine) -> None:
    report = pull(engine, crm.gateway())
    assert_mirror_equals(crm, engine)
    told = report.as_json()["objects"]["contacts"]
    assert told == {"read": 12, "changed": 12, "archived": 0, "erased": 0, "mended": 0, "crm": 12, "mirror": 12}
    assert report.contacts_to_examine is None
    assert statuses(engine, "501") == ["NEW", "IN_PROGRESS"]


def test_a_portal_with_merges_deletions_and_ties_is_read_as_it_is(engine: Engine) -> None:
    with running_crm(lambda: generate(300, 7), limits="real") as crm:
        gateway = crm.gateway(sleep=time.sleep)
        for run in range(2):
            pull(engine, gateway, run * MINUTE, EVERYTHING)
            assert_mirror_equals(crm, engine, EVERYTHING)
        assert {one["status"] for one in crm.requests()} <= {200, 207}


@pytest.mark.parametrize("more", [(), ("calls", "emails", "notes"), ACTIVITIES], ids=len)
def test_a_quiet_run_makes_no_call_too_many_and_writes_no_record(crm: Crm, engine: Engine, more: list[str]) -> None:
    gateway = crm.gateway()
    needs = {**NEEDS, **{kind: ACTIVITY_NEEDS[kind] for kind in more}}
    pull(engine, gateway, needs=needs)
    forget_changes(engine)
    written: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        # How far was read may move once more: the first run leaves it at its own beginning.
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA", "INSERT INTO SYNC_CURSORS")):
            written.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    report = pull(engine, gateway, MINUTE, needs)
    types = 4 + len(more)
    # Per type one search, per type but contacts a sweep of its links; live and deactivated owners, stages, the lists.
    least = {"search": types, "associations": types - 1, "owners": 2, "pipelines": 1, "lists": 1}
    assert report.crm_calls == least
    assert written == []
    assert report.contacts_to_examine == frozenset()


def test_a_changed_contact_arrives_with_its_history(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    forget_changes(engine)
    crm.record("update", "contacts", "503", properties={"hs_lead_status": "OPEN_DEAL", "lead_score": "99"})
    report = pull(engine, gateway, MINUTE)
    assert_mirror_equals(crm, engine)
    assert statuses(engine, "503") == ["NEW", "IN_PROGRESS", "OPEN_DEAL"]
    assert report.contacts_to_examine == {"503"}
    assert report.objects["contacts"].changed == 1


def test_the_owners_of_a_contact_are_known_with_who_set_them(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    crm.record("update", "contacts", "503", properties={"hubspot_owner_id": "72"}, user_id=9001)
    report = pull(engine, gateway, MINUTE)
    (seen,) = former(engine, "contacts", "503")["hubspot_owner_id"]
    assert (seen.value, seen.source_type, seen.source_id, seen.user_id) == ("72", "CRM_UI", "userId:9001", 9001)
    # What both properties once were comes with one call.
    assert report.crm_calls["batch_read"] == 1
    assert statuses(engine, "503") == ["NEW", "IN_PROGRESS"]


def test_a_history_that_comes_to_be_needed_is_read_for_every_record(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    crm.record("update", "deals", "100702", properties={"dealstage": "closedwon"})
    pull(engine, gateway, MINUTE)
    assert former(engine, "deals", "100702") == {}
    request = SyncRequest(NEEDS, histories={"deals": ["dealstage"]})
    report = sync(engine, gateway, request, NOW + 2 * MINUTE, lambda _progress: None)
    assert {kind: one.read for kind, one in report.objects.items() if one.read} == {"deals": 5}
    assert [one.value for one in former(engine, "deals", "100702")["dealstage"]] == ["closedwon"]
    again = sync(engine, gateway, request, NOW + 3 * MINUTE, lambda _progress: None)
    assert sum(one.read for one in again.objects.values()) == 0


def test_a_change_is_read_once_although_later_runs_overlap(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    crm.record("update", "contacts", "503", properties={"lead_score": "99"})
    pull(engine, gateway, MINUTE)
    report = pull(engine, gateway, 2 * MINUTE)
    assert "batch_read" not in report.crm_calls


def test_a_contact_counts_as_changed_when_its_deal_or_company_changes(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    forget_changes(engine)
    crm.record("update", "deals", "100702", properties={"amount": "5"})
    assert pull(engine, gateway, MINUTE).contacts_to_examine == {"502"}
    forget_changes(engine)
    crm.record("update", "companies", "301", properties={"name": "新社名"})
    assert pull(engine, gateway, 2 * MINUTE).contacts_to_examine == {"501", "505", "509"}


def test_what_changed_is_named_again_until_it_was_examined(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    forget_changes(engine)
    crm.record("update", "contacts", "503", properties={"lead_score": "99"})
    pull(engine, gateway, MINUTE)
    crm.record("update", "contacts", "504", properties={"lead_score": "98"})
    assert pull(engine, gateway, 2 * MINUTE).contacts_to_examine == {"503", "504"}


def test_archived_records_become_tombstones_and_restored_ones_come_back(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    for object_type, record_id in (("contacts", "503"), ("deals", "100701"), ("meetings", "200801")):
        crm.record("archive", object_type, record_id)
    report = pull(engine, gateway, MINUTE)
    assert_mirror_equals(crm, engine)
    assert report.objects["contacts"].archived == 1
    crm.record("restore", "contacts", "503")
    crm.record("restore", "deals", "100701")
    pull(engine, gateway, 2 * MINUTE)
    pull(engine, gateway, 3 * MINUTE)
    assert_mirror_equals(crm, engine)


def test_a_merged_contact_points_at_its_survivor(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    crm.record("merge", "contacts", "501", merge_id="502")
    pull(engine, gateway, MINUTE)
    assert mirrored(engine, "contacts")["502"]["merged_into"] == "501"
    assert_mirror_equals(crm, engine)


def test_a_contact_that_was_merged_before_we_ever_saw_it_is_known(crm: Crm, engine: Engine) -> None:
    crm.record("merge", "contacts", "501", merge_id="502")
    crm.record("merge", "contacts", "503", merge_id="501")
    pull(engine, crm.gateway())
    found = mirrored(engine, "contacts")
    assert found["501"]["merged_into"] == "503"
    # Of the two steps only the end can be seen: both ids stand in the survivor's list.
    assert found["502"]["merged_into"] == "503"


def test_a_chain_of_merges_keeps_its_steps(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    crm.record("merge", "contacts", "501", merge_id="502")
    pull(engine, gateway, MINUTE)
    crm.record("merge", "contacts", "503", merge_id="501")
    pull(engine, gateway, 2 * MINUTE)
    assert_mirror_equals(crm, engine)


def test_what_was_erased_for_good_is_erased_here_with_the_next_run(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    forget_changes(engine)
    headers = {"Authorization": "Bearer sandbox-crm-token"}
    address = crm.path("/crm/v3/objects/contacts/gdpr-delete")
    assert crm.client.post(address, json={"objectId": "504"}, headers=headers).status_code == 204
    report = pull(engine, gateway, MINUTE)
    assert_mirror_equals(crm, engine)
    assert "504" not in mirrored(engine, "contacts")
    assert former(engine, "contacts", "504") == {}
    assert report.objects["contacts"].erased == 1
    assert report.contacts_to_examine == {"504"}


def test_a_late_search_index_loses_nothing(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    crm.control("index", lag_s=60, share=0.5)
    for number in range(501, 511):
        crm.record("update", "contacts", str(number), properties={"lead_score": "77"})
    pull(engine, gateway, MINUTE)
    crm.control("clock", advance_s=61)
    pull(engine, gateway, 2 * MINUTE)
    assert_mirror_equals(crm, engine)


def test_a_settled_bulk_change_is_not_searched_again(engine: Engine) -> None:
    with running_crm(lambda: make_portal(contacts=450)) as crm:
        gateway = crm.gateway()
        pull(engine, gateway)
        crm.control("bulk", count=450, property="lead_score", value="5", same_millisecond=True)
        # Of contacts the newest, and three pages of the overlap.
        assert pull(engine, gateway, MINUTE).crm_calls["search"] == 1 + 3 + 3
        assert_mirror_equals(crm, engine)
        assert pull(engine, gateway, 2 * MINUTE).crm_calls["search"] == 1 + 3 + 3
        assert pull(engine, gateway, 40 * MINUTE).crm_calls["search"] == 4


def test_a_newly_needed_property_is_read_for_every_record(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    more = {**NEEDS, "contacts": [*NEEDS["contacts"], "prefecture"]}
    crm.record("update", "contacts", "505", properties={"prefecture": "北海道"})
    report = pull(engine, gateway, MINUTE, more)
    assert report.objects["contacts"].read == 12
    assert report.contacts_to_examine is None
    column = schema_of(engine, more).column("contacts", "prefecture")
    with engine.connect() as connection:
        assert [one for one in connection.execute(column.table.select()) if one.p_prefecture == "北海道"]


def test_a_full_run_of_an_unchanged_portal_changes_nothing(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    forget_changes(engine)
    report = pull(engine, gateway, MINUTE, full=True)
    assert {tally.changed for tally in report.objects.values()} == {0}
    assert report.contacts_to_examine == frozenset()


def test_another_account_is_refused(crm: Crm, engine: Engine) -> None:
    pull(engine, crm.gateway())

    def other_portal() -> Portal:
        portal = make_portal()
        portal.portal_id = 7654321
        return portal

    with running_crm(other_portal) as other, pytest.raises(AccessRefused, match=r"1234567.*7654321"):
        pull(engine, other.gateway(), full=True)


def test_a_change_of_people_concerns_every_contact(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    forget_changes(engine)
    crm.control("owners", id="71", teams=["FS"])
    assert pull(engine, gateway, MINUTE).contacts_to_examine is None


def test_definitions_are_read_again_after_an_hour(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    assert "properties" not in pull(engine, gateway, 59 * MINUTE).crm_calls
    assert pull(engine, gateway, 61 * MINUTE).crm_calls["properties"] == 4


def test_progress_counts_up_per_object_type(crm: Crm, sqlite_url: str) -> None:
    engine = share_statements(create_engine(sqlite_url))
    create_mirror(engine)
    told: list[Progress] = []
    sync(engine, crm.gateway(), SyncRequest(NEEDS), NOW, told.append)
    engine.dispose()
    assert sorted(one.object_type for one in told if one.read) == sorted(ALWAYS_MIRRORED)
    assert Progress("contacts", 12, 12) in told


def test_more_than_a_hundred_archived_records_are_all_found(engine: Engine) -> None:
    with running_crm(lambda: make_portal(contacts=130)) as crm:
        gateway = crm.gateway()
        pull(engine, gateway)
        for number in range(501, 621):
            crm.record("archive", "contacts", str(number))
        pull(engine, gateway, MINUTE)
        assert_mirror_equals(crm, engine)
