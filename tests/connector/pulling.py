"""How a test brings the mirror up to date, and how it compares the mirror with what the stand-in CRM really holds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, select

from connector.gateway import Gateway
from connector.mirror.history import history_of
from connector.mirror.marks import examined, take_to_examine
from connector.mirror.reads import all_links, all_records
from connector.mirror.schema import load_schema
from connector.mirror.tables import MirrorSchema, metadata
from connector.pull import SyncReport, SyncRequest, properties_to_read, sync, types_to_read
from connector.records import MIRRORED_TYPES, Version
from tests.connector.crm import NOW, Crm

NEEDS = {
    "contacts": ["hs_lead_status", "hubspot_owner_id", "lead_score", "inquiry_service", "inquiry_date"],
    "deals": ["dealstage", "amount", "closedate"],
    "meetings": ["hs_meeting_start_time", "hs_meeting_outcome"],
    "companies": ["name"],
}

ACTIVITY_NEEDS = {
    "calls": ["hs_call_direction", "hs_call_disposition", "hs_timestamp"],
    "emails": ["hs_email_direction", "hs_timestamp"],
    "notes": ["hs_note_body", "hs_timestamp"],
    "tasks": [],
}

EVERYTHING = {**NEEDS, **ACTIVITY_NEEDS}


def pull(
    engine: Engine, gateway: Gateway, after: timedelta = timedelta(), needs: Any = None, *, full: bool = False
) -> SyncReport:
    """One round, `after` the beginning of the test by our clock."""
    return sync(engine, gateway, SyncRequest(needs or NEEDS, full), NOW + after, lambda _progress: None)


def forget_changes(engine: Engine) -> None:
    with engine.begin() as connection:
        take_to_examine(connection)
        examined(connection)


def schema_of(engine: Engine, needs: Any = None) -> MirrorSchema:
    with engine.connect() as connection:
        return load_schema(connection, needs or NEEDS)


def assert_mirror_equals(crm: Crm, engine: Engine, needs: Any = None) -> None:
    """Of the types that are read for these needs; of the others nothing is held."""
    state = crm.state()
    types = types_to_read(SyncRequest(needs or NEEDS))
    for object_type in MIRRORED_TYPES:
        expected = truth(state, object_type, needs or NEEDS) if object_type in types else {}
        assert mirrored(engine, object_type) == expected, object_type
    assert mirrored_links(engine) == true_links(state, types)


def mirrored(engine: Engine, object_type: str) -> dict[str, Any]:
    schema = schema_of(engine)
    with engine.connect() as connection:
        found = list(all_records(connection, schema, object_type))
    return {
        one.record.id: {
            "properties": None if one.merged_into else dict(one.record.properties),
            "archived": one.record.archived_at is not None,
            "merged_into": one.merged_into,
        }
        for one in found
    }


def truth(state: Any, object_type: str, needs: Any) -> dict[str, Any]:
    """A record that was merged away can no longer be read: what it holds is compared by no one."""
    wanted = {*properties_to_read(SyncRequest(needs), object_type), "hs_object_id"}
    return {
        record_id: {
            "properties": None if one["merged_into"] else _chosen(object_type, record_id, one, wanted),
            "archived": one["archived"],
            "merged_into": one["merged_into"],
        }
        for record_id, one in state["objects"][object_type].items()
    }


def _chosen(object_type: str, record_id: str, one: Any, wanted: set[str]) -> dict[str, str]:
    own = {"hs_object_id": record_id}
    return {name: value for name, value in (own | one["properties"]).items() if name in wanted and value}


def mirrored_links(engine: Engine) -> set[Any]:
    with engine.connect() as connection:
        return {(one.from_type, one.from_id, one.to_type, one.to_id, one.type_id) for one in all_links(connection)}


def true_links(state: Any, types: Collection[str]) -> set[Any]:
    def live(object_type: str, record_id: str) -> bool:
        return not state["objects"][object_type][record_id]["archived"]

    return {
        (kind, record_id, to_kind, to_id, type_id)
        for kind, record_id, to_kind, to_id, type_id in state["associations"]
        if kind == "contacts" and to_kind in types and live(kind, record_id) and live(to_kind, to_id)
    }


def statuses(engine: Engine, contact_id: str) -> list[str | None]:
    return [one.value for one in former(engine, "contacts", contact_id).get("hs_lead_status", [])]


def former(engine: Engine, object_type: str, record_id: str) -> dict[str, list[Version]]:
    """What the record's properties once were."""
    with engine.connect() as connection:
        return history_of(connection, object_type, record_id)


def dump(engine: Engine) -> dict[str, Any]:
    """Everything that the mirror holds, except when and how far it was read."""
    skipped = {"sync_cursors", "sync_link_passes"}
    found: dict[str, Any] = {}
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            if table.name not in skipped:
                found[table.name] = sorted(map(repr, connection.execute(select(table))))
        for object_type in MIRRORED_TYPES:
            text = connection.exec_driver_sql(f"SELECT * FROM {object_type}").mappings()
            found[object_type] = sorted(repr(sorted(row.items())) for row in text)
    return found
