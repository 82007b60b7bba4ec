"""Records and a schema as tests of the mirror need them, without any CRM."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, select

from connector.mirror.schema import ensure_columns, load_schema
from connector.mirror.shared_rows import store_definitions
from connector.mirror.tables import MirrorSchema, versions
from connector.mirror.writer import RecordWriter, Stored
from connector.records import PropertyDefinition, Record, Version
from tests.connector.crm import NOW

NEEDS = {"contacts": ["hs_lead_status", "lead_score", "inquiry_service", "inquiry_date", "hubspot_owner_id"]}

DEFINITIONS = [
    PropertyDefinition("contacts", "hs_lead_status", "Status", "enumeration", "radio"),
    PropertyDefinition("contacts", "lead_score", "Score", "number", "number"),
    PropertyDefinition("contacts", "inquiry_service", "Services", "enumeration", "checkbox"),
    PropertyDefinition("contacts", "inquiry_date", "Since", "datetime", "date"),
    PropertyDefinition("contacts", "hubspot_owner_id", "Owner", "enumeration", "select", (), "OWNER"),
]


def make_record(record_id: str = "501", **more: Any) -> Record:
    properties = {"lead_score": "17", "inquiry_service": "B;A", "lastname": "山田"} | more.pop("properties", {})
    values: dict[str, Any] = {"created_at": NOW - timedelta(days=9), "updated_at": NOW} | more
    return Record("contacts", record_id, properties, **values)


def make_version(value: str | None, days_ago: int) -> Version:
    return Version(value, NOW - timedelta(days=days_ago), "CRM_UI", None, 9001)


def make_schema(engine: Engine, needs: Any = None, definitions: Any = None, searched: Any = None) -> MirrorSchema:
    """Definitions stored, columns made."""
    with engine.begin() as connection:
        store_definitions(connection, "contacts", DEFINITIONS if definitions is None else definitions)
        schema = load_schema(connection, needs or NEEDS, searched)
    ensure_columns(engine, schema)
    return schema


def store(engine: Engine, schema: MirrorSchema, *records: Record) -> Stored:
    with engine.begin() as connection:
        return RecordWriter(schema, "contacts").store(connection, records)


def row_of(engine: Engine, schema: MirrorSchema, record_id: str = "501") -> Any:
    table = schema.table("contacts")
    with engine.connect() as connection:
        return connection.execute(select(table).where(table.c.id == record_id)).one()


def count_versions(engine: Engine) -> int:
    with engine.connect() as connection:
        return len(connection.execute(select(versions)).all())
