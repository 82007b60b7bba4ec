from __future__ import annotations

import pytest
from sqlalchemy import Engine

from connector.mirror.contact_search import find_contact_ids, folded, store_search_rows
from connector.mirror.reads import contact_labels, linked_records, owners_of, read_record
from connector.mirror.shared_rows import stored_definitions, stored_owners, stored_portal, stored_stages
from tests.connector.crm import NOW, Crm
from tests.connector.pulling import pull, schema_of
from tests.connector.stored import make_record, make_schema, store

PEOPLE = {
    "501": {"lastname": "山田", "firstname": "太郎", "company": "ヤマダ製作所", "email": "taro@yamada.example"},
    "502": {"lastname": "ヤマモト", "firstname": "ｼﾞﾛｳ", "company": "100%_工業"},
    "503": {"lastname": "Ｂｒｏｗｎ", "firstname": "Ann", "company": "工業"},
}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("山田", ["501"]),
        ("山田 太郎", ["501"]),
        ("太郎　山田", ["501"]),  # the other order, and a full-width space
        ("ﾔﾏﾀﾞ", ["501"]),  # half-width finds full-width
        ("ジロウ", ["502"]),
        ("brown", ["503"]),
        ("TARO@", ["501"]),
        ("工業", ["502", "503"]),
        ("100%_", ["502"]),  # no wildcards
        ("%", ["502"]),
        ("田太郎や", []),
        ("　", []),
    ],
)
def test_contacts_are_found_by_what_people_type(engine: Engine, typed: str, found: list[str]) -> None:
    schema = make_schema(engine)
    records = [make_record(one, properties=values) for one, values in PEOPLE.items()]
    store(engine, schema, *records)
    with engine.begin() as connection:
        store_search_rows(connection, records)
        assert sorted(find_contact_ids(connection, schema, typed)) == found


def test_archived_contacts_are_not_found(engine: Engine) -> None:
    schema = make_schema(engine)
    gone = make_record(properties=PEOPLE["501"], archived_at=NOW)
    store(engine, schema, gone)
    with engine.begin() as connection:
        store_search_rows(connection, [gone])
        assert find_contact_ids(connection, schema, "山田") == []


def test_folding_leaves_nothing_of_width_case_and_space() -> None:
    assert folded(" ﾔﾏﾀﾞ　Ａ ") == "ヤマダa"


def test_a_record_is_read_with_its_history(crm: Crm, engine: Engine) -> None:
    pull(engine, crm.gateway())
    with engine.connect() as connection:
        found = read_record(connection, schema_of(engine), "contacts", "501")
        nothing = read_record(connection, schema_of(engine), "contacts", "99999")
    assert found is not None
    assert found.live
    assert [one.value for one in found.record.history["hs_lead_status"]] == ["NEW", "IN_PROGRESS"]
    assert nothing is None


def test_labels_show_the_family_name_first(crm: Crm, engine: Engine) -> None:
    pull(engine, crm.gateway())
    with engine.connect() as connection:
        labels = contact_labels(connection, schema_of(engine), ["501", "502", "99999"])
    assert sorted(labels) == ["501", "502"]
    assert (labels["501"].name, labels["501"].company, labels["501"].owner_id) == ("山田0 太郎", "会社0", "71")


def test_linked_records_are_the_live_ones(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    crm.record("associate", "contacts", "501", to_object="deals", to_id="100702")
    pull(engine, gateway)
    with engine.connect() as connection:
        found = linked_records(connection, schema_of(engine), "501", "deals")
    assert [one.record.id for one in found] == ["100701", "100702"]
    assert found[0].record.properties["amount"] == "1000"


def test_what_belongs_to_the_portal_is_stored_as_it_was_read(crm: Crm, engine: Engine) -> None:
    gateway = crm.gateway()
    pull(engine, gateway)
    with engine.connect() as connection:
        assert stored_owners(connection) == gateway.owners()
        assert stored_stages(connection) == gateway.deal_stages()
        assert stored_portal(connection) == gateway.portal()
        by_name = sorted(gateway.property_definitions("contacts"), key=lambda one: one.name)
        assert sorted(stored_definitions(connection, "contacts"), key=lambda one: one.name) == by_name


def test_the_owners_of_many_contacts_are_those_of_the_live_ones(engine: Engine) -> None:
    schema = make_schema(engine)
    owned = [make_record(one, properties={"hubspot_owner_id": owner}) for one, owner in (("501", "41"), ("502", None))]
    store(engine, schema, *owned, make_record("503", properties={"hubspot_owner_id": "41"}, archived_at=NOW))
    with engine.connect() as connection:
        assert owners_of(connection, schema, ["501", "502", "503", "599"]) == {"501": "41", "502": None}
