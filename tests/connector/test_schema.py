from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import Engine, event, inspect, select

from connector.mirror.schema import ensure_columns, load_schema
from connector.mirror.tables import column_name
from connector.records import Kind
from tests.connector.stored import DEFINITIONS, NEEDS, make_record, make_schema, row_of, store


def test_a_named_property_gets_a_column_with_the_values_of_rows_read_before(engine: Engine) -> None:
    before = make_schema(engine, {"contacts": ["hs_lead_status"]})
    store(engine, before, make_record(), make_record("502", properties={"lead_score": "many"}))
    schema = make_schema(engine)
    assert row_of(engine, schema).p_lead_score == 17.0
    assert row_of(engine, schema, "502").p_lead_score is None
    assert row_of(engine, schema).p_inquiry_service == ";A;B;"


def test_nothing_is_made_twice(engine: Engine) -> None:
    schema = make_schema(engine)
    assert ensure_columns(engine, schema) == []


SEARCHED = {"contacts": ["inquiry_text"]}


def test_a_searched_property_has_its_normalised_text_besides(engine: Engine) -> None:
    texts = {"501": "ＨＰの ﾘﾆｭｰｱﾙ", "502": "100%_ＯＫ", "503": None}
    records = [make_record(one, properties={"inquiry_text": text}) for one, text in texts.items()]
    store(engine, make_schema(engine, SEARCHED), *records[1:])
    schema = make_schema(engine, SEARCHED, searched=SEARCHED)
    store(engine, schema, *records)
    column = schema.searched_column("contacts", "inquiry_text")
    with engine.connect() as connection:
        found = connection.execute(select(column).order_by(schema.table("contacts").c.id)).scalars().all()
    assert found == ["hpの リニューアル", "100%_ok", None]
    assert row_of(engine, schema).p_inquiry_text == texts["501"]


def test_a_column_that_was_not_named_for_a_while_shows_no_old_value(engine: Engine) -> None:
    for text, searched, seen in (("Ａ", SEARCHED, "a"), ("Ｂ", None, None), ("Ｃ", {}, None), ("Ｃ", SEARCHED, "c")):
        schema = make_schema(engine, SEARCHED if searched is not None else {}, searched=searched)
        store(engine, schema, make_record(properties={"inquiry_text": text}))
        row = row_of(engine, schema)._mapping
        assert row.get("n_inquiry_text") == seen
        assert row.get("p_inquiry_text") == (None if searched is None else text)


def test_only_what_is_needed_can_be_searched(engine: Engine) -> None:
    schema = make_schema(engine, {"contacts": ["lastname"]}, searched=SEARCHED)
    with pytest.raises(KeyError):
        schema.searched_column("contacts", "inquiry_text")


def test_a_retyped_property_gets_its_column_anew(engine: Engine) -> None:
    store(engine, make_schema(engine), make_record(properties={"lead_score": "2026-01-05"}))
    retyped = [dataclasses.replace(one, type="date") if one.name == "lead_score" else one for one in DEFINITIONS]
    schema = make_schema(engine, definitions=retyped)
    assert schema.kinds["contacts"]["lead_score"] is Kind.DATE
    assert row_of(engine, schema).p_lead_score == "2026-01-05"


def test_kinds_that_share_a_column_type_are_told_apart(engine: Engine) -> None:
    """A single choice and a multi-select are both text, but not the same text."""
    single = [dataclasses.replace(one, field_type="select") for one in DEFINITIONS]
    store(engine, make_schema(engine, definitions=single), make_record())
    schema = make_schema(engine)
    assert row_of(engine, schema).p_inquiry_service == ";A;B;"


def test_columns_of_times_have_an_index_as_long_as_they_are_times(engine: Engine) -> None:
    make_schema(engine)
    assert "p_inquiry_date" in indexed(engine)
    text = [dataclasses.replace(one, type="string", field_type="text") for one in DEFINITIONS]
    make_schema(engine, definitions=text)
    assert "p_inquiry_date" not in indexed(engine)
    make_schema(engine)
    assert "p_inquiry_date" in indexed(engine)


def indexed(engine: Engine) -> set[str | None]:
    return {name for one in inspect(engine).get_indexes("contacts") for name in one["column_names"]}


def test_a_process_that_died_while_filling_a_column_is_repeated(engine: Engine) -> None:
    class PowerCut(BaseException):
        pass

    schema = make_schema(engine, {"contacts": ["hs_lead_status"]})
    store(engine, schema, make_record())

    def before_update(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE contacts"):
            raise PowerCut

    event.listen(engine, "before_cursor_execute", before_update)
    with pytest.raises(PowerCut):
        make_schema(engine)
    event.remove(engine, "before_cursor_execute", before_update)
    assert row_of(engine, make_schema(engine)).p_lead_score == 17.0


def test_a_property_that_the_account_lacks_is_an_empty_text(engine: Engine) -> None:
    schema = make_schema(engine, {"contacts": ["no_such_property"]})
    store(engine, schema, make_record())
    assert schema.kinds["contacts"]["no_such_property"] is Kind.TEXT
    assert row_of(engine, schema).p_no_such_property is None


def test_names_beyond_the_length_of_an_identifier_stay_apart(engine: Engine) -> None:
    one, other = "a" * 90 + "_one", "a" * 90 + "_other"
    schema = make_schema(engine, {"contacts": [one, other]})
    store(engine, schema, make_record(properties={one: "1", other: "2"}))
    row = row_of(engine, schema)._mapping
    assert (row[column_name(one)], row[column_name(other)]) == ("1", "2")


def test_the_schema_is_the_same_for_every_reader(engine: Engine) -> None:
    made = make_schema(engine)
    with engine.connect() as connection:
        assert load_schema(connection, NEEDS).kinds == made.kinds
    names = {one["name"] for one in inspect(engine).get_columns("contacts")}
    assert names >= {column_name(name) for name in NEEDS["contacts"]}


def test_the_same_columns_make_the_same_tables(engine: Engine) -> None:
    """By which statements are found compiled that an earlier round made of them."""
    with engine.connect() as connection:
        one, other = (load_schema(connection, {"contacts": needs}) for needs in (["a", "b"], ("b", "a")))
        different = load_schema(connection, {"contacts": ["a"]})
    assert one is other
    assert different is not one
