"""A mirror of any size, filled in bulk: what a sync would leave behind, without the hours that a CRM takes to tell it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, text, update

from connector.mirror.marks import mark_to_examine
from connector.mirror.schema import ensure_columns, load_schema
from connector.mirror.shared_rows import store_definitions
from connector.mirror.tables import MirrorSchema, associations, column_name, versions
from connector.records import CONTACTS, DEALS, MEETINGS
from rules.model import RuleSet
from tests.rules.portal import make_catalogue, typed

_ROWS = 10_000
_STATUSES = (
    *("NEW", "OPEN", "IN_PROGRESS", "CONNECTED"),
    *("ATTEMPTED_TO_CONTACT",) * 15,
    *("OPEN_DEAL",) * 4,
    *("BAD_TIMING",) * 9,
    *("UNQUALIFIED",) * 15,
    "",
    "",
)
_SERVICES = ("factory_navi", "recruit_site", "crm_setup", "")


class MadeMirror:
    """Contacts that came in over a year; every eleventh has a deal and a meeting on average."""

    def __init__(self, engine: Engine, rule_set: RuleSet, contacts: int, now: datetime) -> None:
        self._engine, self._contacts, self._now = engine, contacts, now
        self._chance = random.Random(1)
        with engine.begin() as connection:
            for object_type, definitions in make_catalogue().items():
                store_definitions(connection, object_type, definitions)
            self.schema: MirrorSchema = load_schema(connection, rule_set.needs, rule_set.searched)
        ensure_columns(engine, self.schema)

    def fill(self) -> None:
        linked = self._contacts // 11
        for object_type, made in (
            (CONTACTS, (self._contact(number) for number in range(1, self._contacts + 1))),
            (DEALS, (self._deal(number) for number in range(1, linked + 1))),
            (MEETINGS, (self._meeting(number) for number in range(1, linked + 1))),
        ):
            self._store(self.schema.table(object_type), made)
        self._store(versions, (row for number in range(1, self._contacts + 1) for row in self._history(number)))
        self._store(associations, self._links(linked))
        with self._engine.begin() as connection:
            connection.execute(text("ANALYZE"))

    def change(self, how_many: int, now: datetime) -> None:
        """What people do between two rounds: contacts get another status, as a sync would store and mark it."""
        ids = [str(one) for one in self._chance.sample(range(1, self._contacts + 1), how_many)]
        table = self.schema.table(CONTACTS)
        with self._engine.begin() as connection:
            for one in ids:
                status = self._chance.choice(_STATUSES) or None
                row = {column_name("hs_lead_status"): status, "updated_at": now}
                connection.execute(update(table).where(table.c.id == one).values(row))
                self._add_version(connection, one, status, now)
            mark_to_examine(connection, ids)

    def _add_version(self, connection: Connection, contact_id: str, status: str | None, at: datetime) -> None:
        this = (versions.c.object_type == CONTACTS, versions.c.object_id == contact_id)
        position = connection.execute(select(func.count()).select_from(versions).where(*this)).scalar_one()
        connection.execute(insert(versions), [_version(contact_id, position, status, at)])

    def _store(self, table: Any, rows: Iterator[Mapping[str, Any]]) -> None:
        waiting: list[Mapping[str, Any]] = []
        for row in rows:
            waiting.append(row)
            if len(waiting) == _ROWS:
                self._flush(table, waiting)
                waiting = []
        self._flush(table, waiting)

    def _flush(self, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            with self._engine.begin() as connection:
                connection.execute(insert(table), rows)

    def _moment(self) -> datetime:
        return self._now - timedelta(minutes=self._chance.randrange(60, 525_600))

    def _record(self, object_type: str, number: int, created: datetime, said: Mapping[str, Any]) -> dict[str, Any]:
        kinds = self.schema.kinds[object_type]
        properties = {name: str(value) for name, value in said.items() if value}
        columns = {column_name(name): typed(kind, said.get(name)) for name, kind in kinds.items()}
        row = {"id": str(number), "properties": properties, "created_at": created, "updated_at": created}
        return {**row, **columns}

    def _contact(self, number: int) -> dict[str, Any]:
        created = self._moment()
        said = {
            "hs_lead_status": _STATUSES[number % len(_STATUSES)],
            "hubspot_owner_id": str(1 + number % 9),
            "inquiry_service": _SERVICES[number % len(_SERVICES)],
            "notes_last_contacted": created + timedelta(days=20),
            "inquiry_date": created,
            "createdate": created,
            "email": f"p{number}@customer.example",
            "lastname": f"名字{number}",
            "company": f"会社{number // 3}",
        }
        return self._record(CONTACTS, number, created, said)

    def _history(self, number: int) -> Iterator[dict[str, Any]]:
        moments = sorted((self._moment(), self._moment()))
        values = ("NEW", _STATUSES[number % len(_STATUSES)])
        for position, (value, at) in enumerate(zip(values, moments, strict=True)):
            yield _version(str(number), position, value or None, at)

    def _deal(self, number: int) -> dict[str, Any]:
        created = self._moment()
        said = {
            "createdate": created,
            "closedate": created + timedelta(days=30),
            "service": _SERVICES[number % 3],
            "hs_is_closed": "false" if number % 3 == 0 else "true",
            "hs_is_closed_won": "true" if number % 3 == 1 else "false",
            "hubspot_owner_id": "2",
        }
        return self._record(DEALS, number, created, said)

    def _meeting(self, number: int) -> dict[str, Any]:
        created = self._moment()
        start = created + timedelta(days=7)
        said = {
            "hs_meeting_start_time": start,
            "hs_meeting_end_time": start + timedelta(hours=1),
            "hubspot_owner_id": str(2 + number % 2),
        }
        return self._record(MEETINGS, number, created, said)

    def _links(self, linked: int) -> Iterator[dict[str, Any]]:
        for object_type, type_id in ((DEALS, 4), (MEETINGS, 200)):
            for number in range(1, linked + 1):
                contact = str(self._chance.randrange(1, self._contacts + 1))
                yield {
                    "from_type": CONTACTS,
                    "from_id": contact,
                    "to_type": object_type,
                    "to_id": str(number),
                    "type_id": type_id,
                }


def _version(contact_id: str, position: int, value: str | None, at: datetime) -> dict[str, Any]:
    return {
        "object_type": CONTACTS,
        "object_id": contact_id,
        "property": "hs_lead_status",
        "position": position,
        "value": value,
        "at": at,
        "source_type": "CRM_UI",
    }
