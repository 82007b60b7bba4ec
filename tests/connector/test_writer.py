from __future__ import annotations

import dataclasses
from datetime import timedelta

from sqlalchemy import Engine, event

from connector.mirror.history import history_of, joined, store_history
from tests.connector.crm import NOW
from tests.connector.stored import count_versions, make_record, make_schema, make_version, row_of, store


def test_a_record_is_stored_as_text_and_as_values(engine: Engine) -> None:
    schema = make_schema(engine)
    store(engine, schema, make_record(properties={"inquiry_date": "2026-01-05T00:00:00Z", "hubspot_owner_id": "71"}))
    row = row_of(engine, schema)
    assert row.properties["lead_score"] == "17"
    assert (row.p_lead_score, row.p_inquiry_service, row.p_hubspot_owner_id) == (17.0, ";A;B;", "71")
    assert row.p_inquiry_date.isoformat() == "2026-01-05T00:00:00+00:00"


def test_text_that_is_no_value_stays_as_text(engine: Engine) -> None:
    schema = make_schema(engine)
    store(engine, schema, make_record(properties={"lead_score": "about 17", "inquiry_date": "soon"}))
    row = row_of(engine, schema)
    assert row.properties["lead_score"] == "about 17"
    assert (row.p_lead_score, row.p_inquiry_date) == (None, None)


def test_an_unset_property_takes_no_room(engine: Engine) -> None:
    schema = make_schema(engine)
    store(engine, schema, make_record(properties={"hs_lead_status": None}))
    assert "hs_lead_status" not in row_of(engine, schema).properties


def test_unchanged_records_cost_no_write(engine: Engine) -> None:
    schema = make_schema(engine)
    records = [make_record(str(number)) for number in range(501, 511)]
    assert len(store(engine, schema, *records).changed) == 10
    writes: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("SELECT"):
            writes.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    records[4] = make_record("505", properties={"lead_score": "18"})
    assert store(engine, schema, *records).changed == ("505",)
    assert len(writes) == 1
    assert row_of(engine, schema, "505").p_lead_score == 18.0


def test_ids_are_ordered_as_numbers(engine: Engine) -> None:
    schema = make_schema(engine)
    store(engine, schema, make_record("10"), make_record("9"), make_record("9007199254740993"))
    table = schema.table("contacts")
    with engine.connect() as connection:
        ids = connection.execute(table.select().order_by(table.c.id)).scalars().all()
    assert ids == ["9", "10", "9007199254740993"]


def test_an_archived_record_is_buried_once_and_can_come_back(engine: Engine) -> None:
    schema = make_schema(engine)
    store(engine, schema, make_record())
    gone = make_record(archived_at=NOW)
    assert store(engine, schema, gone).buried == ("501",)
    assert store(engine, schema, gone).buried == ()
    store(engine, schema, make_record())
    assert row_of(engine, schema).archived_at is None


def test_a_survivor_points_its_losers_at_itself_once(engine: Engine) -> None:
    schema = make_schema(engine)
    store(engine, schema, make_record("502"))
    survivor = make_record(properties={"hs_merged_object_ids": "502;503"})
    assert store(engine, schema, survivor).buried == ("502", "503")
    assert store(engine, schema, survivor).buried == ()
    row = row_of(engine, schema, "503")
    assert (row.merged_into, row.archived_at) == ("501", NOW)


def test_versions_are_stored_once_and_in_order(engine: Engine) -> None:
    told = (make_version("NEW", 5), make_version(None, 3), make_version("OPEN_DEAL", 1))
    record = make_record(history={"hs_lead_status": told})
    with engine.begin() as connection:
        assert store_history(connection, "contacts", [record]) == ["501"]
        assert store_history(connection, "contacts", [record]) == []
        assert history_of(connection, "contacts", "501") == {"hs_lead_status": list(told)}
    assert count_versions(engine) == 3


def test_versions_that_the_crm_forgot_are_kept(engine: Engine) -> None:
    old, middle, new = make_version("NEW", 5), make_version("IN_PROGRESS", 3), make_version("OPEN_DEAL", 1)
    record = make_record(history={"hs_lead_status": (old, middle)})
    with engine.begin() as connection:
        store_history(connection, "contacts", [record])
        later = dataclasses.replace(record, history={"hs_lead_status": (middle, new)})
        assert store_history(connection, "contacts", [later]) == ["501"]
        assert history_of(connection, "contacts", "501")["hs_lead_status"] == [old, middle, new]


def test_versions_of_a_merged_record_are_taken_as_the_crm_tells_them() -> None:
    own = [make_version("NEW", 3)]
    told = [make_version("NEW", 9), make_version("BAD_TIMING", 6), make_version("NEW", 3)]
    assert joined(own, told) == told
    assert joined(own, ()) == own


def test_times_are_kept_to_the_millisecond(engine: Engine) -> None:
    schema = make_schema(engine)
    at = NOW + timedelta(milliseconds=123)
    store(engine, schema, make_record(updated_at=at))
    assert row_of(engine, schema).updated_at == at
