from __future__ import annotations

from sqlalchemy import Engine

from connector.mirror.written import store_written
from tests.connector.crm import NOW
from tests.connector.stored import make_record, make_schema, row_of, store


def test_what_was_written_is_known_at_once_and_read_again_all_the_same(engine: Engine) -> None:
    schema = make_schema(engine)
    store(engine, schema, make_record("501", properties={"lead_score": "17"}))
    with engine.begin() as connection:
        store_written(connection, schema, "contacts", {"501": {"lead_score": "42", "lastname": None}})
    row = row_of(engine, schema)
    assert (row.p_lead_score, row.properties["lead_score"], "lastname" in row.properties) == (42.0, "42", False)
    assert row.updated_at == NOW


def test_what_is_not_mirrored_or_archived_is_left_to_the_next_sync(engine: Engine) -> None:
    schema = make_schema(engine)
    store(engine, schema, make_record("501", archived_at=NOW))
    with engine.begin() as connection:
        store_written(connection, schema, "contacts", {"501": {"lead_score": "42"}, "502": {"lead_score": "42"}})
    assert row_of(engine, schema).properties["lead_score"] == "17"
