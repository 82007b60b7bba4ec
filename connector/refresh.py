"""Reading single contacts again at once, after a write: what a person has just changed must not wait for the next round."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Engine

from connector.gateway import Gateway
from connector.mirror.contact_search import store_search_rows
from connector.mirror.history import store_history
from connector.mirror.marks import mark_to_examine
from connector.mirror.schema import load_schema
from connector.mirror.writer import RecordWriter
from connector.pull import SyncRequest, histories_to_read, properties_to_read
from connector.records import CONTACTS


def refresh_contacts(engine: Engine, gateway: Gateway, request: SyncRequest, ids: Collection[str]) -> None:
    """Values and their history as the CRM has them now; links are left to the next sync."""
    properties = properties_to_read(request, CONTACTS)
    history = histories_to_read(request, CONTACTS)
    records = gateway.read(CONTACTS, sorted(ids, key=int), properties, history=history)
    with engine.begin() as connection:
        schema = load_schema(connection, request.properties, request.searched)
        RecordWriter(schema, CONTACTS).store(connection, records)
        store_search_rows(connection, records)
        store_history(connection, CONTACTS, records)
        # The next sync will find nothing new in them.
        mark_to_examine(connection, ids)
