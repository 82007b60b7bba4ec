"""The stand-in's portal put straight into the mirror's tables, and what the shipped rules find there."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, text

from connector.mirror.tables import (
    MirrorSchema,
    associations,
    column_name,
    metadata,
    searched_column_name,
    versions,
)
from connector.mirror.typed import normalised
from connector.records import CONTACTS, MIRRORED_TYPES, Kind
from connector.sandbox import state
from connector.sandbox.reading import parse_instant
from rules.compile import finding_hits, list_hits
from rules.derive import derive
from rules.model import People, Person, RuleSet
from rules.world import World
from tests.rules.portal import make_match_keys, schema_for, typed

_TYPES = MIRRORED_TYPES
_ROLES = ("IS", "FS", "Marketing", "Telemarketing", "Manager", "Ops")


@dataclasses.dataclass(frozen=True)
class Mirrored:
    connection: Connection
    rule_set: RuleSet
    schema: MirrorSchema

    @classmethod
    def on(cls, connection: Connection, rule_set: RuleSet) -> Mirrored:
        schema = schema_for(rule_set)
        metadata.create_all(connection)
        for table in schema.tables.values():
            table.create(connection)
        return cls(connection, rule_set, schema)

    def fill(self, portal: state.Portal) -> None:
        for table in (associations, versions, *self.schema.tables.values()):
            self.connection.execute(delete(table))
        for object_type in _TYPES:
            self._insert(self.schema.table(object_type), [*self._rows(portal, object_type)])
        self._insert(versions, [*_versions(portal)])
        names = ("from_type", "from_id", "to_type", "to_id", "type_id")
        links = [dict(zip(names, link, strict=True)) for link in portal.associations]
        self._insert(associations, [row for row in links if row["from_type"] == CONTACTS and row["to_type"] in _TYPES])
        # Without figures PostgreSQL joins badly; a service that has run for a minute has them.
        self.connection.execute(text("ANALYZE"))

    def _insert(self, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            self.connection.execute(insert(table), rows)

    def _rows(self, portal: state.Portal, object_type: str) -> Any:
        kinds = self.schema.kinds[object_type]
        for record_id, record in portal.objects[object_type].items():
            values = {column_name(name): _typed(kind, record.properties.get(name)) for name, kind in kinds.items()}
            for name in self.schema.searched[object_type]:
                values[searched_column_name(name)] = normalised(record.properties.get(name) or "") or None
            yield {
                "id": record_id,
                "properties": record.properties,
                "created_at": record.created_at,
                "updated_at": record.updated_at,
                "archived_at": record.archived_at,
                "merged_into": record.merged_into,
                **values,
            }

    def findings(self, portal: state.Portal, now: datetime, only: Sequence[str] | None = None) -> set[tuple[str, str]]:
        """(code, contact id)."""
        world = self.derive(portal, now, only)
        found: set[tuple[str, str]] = set()
        for rule in self.rule_set.rules:
            if rule.finding is not None:
                rows = [*self.connection.execute(finding_hits(self.rule_set, rule, self.schema, world))]
                found |= {(rule.code or rule.id, row.record_id) for row in rows}
                assert len(rows) == len({row.record_id for row in rows}), f"{rule.id} found a contact twice"
        return found

    def lists(self, portal: state.Portal, now: datetime) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """Members and held contacts by list name."""
        world = self.derive(portal, now)
        members: dict[str, set[str]] = defaultdict(set)
        held: dict[str, set[str]] = defaultdict(set)
        for rule in self.rule_set.rules:
            for action in rule.lists:
                for row in self.connection.execute(list_hits(self.rule_set, rule, action, self.schema, world)):
                    (held if row.held_by else members)[action.name(row.item)].add(row.record_id)
        return members, held

    def derive(self, portal: state.Portal, now: datetime, only: Sequence[str] | None = None) -> World:
        make_match_keys(self.connection, self.rule_set, self.schema)
        world = World(now, people_of(portal), self.rule_set.calendar)
        for statement in derive(self.rule_set, self.schema, world, only):
            self.connection.execute(statement)
        return world


def people_of(portal: state.Portal) -> People:
    return People(
        tuple(
            Person(
                owner.id,
                owner.last_name,
                owner.email,
                owner.user_id,
                not owner.archived,
                frozenset(team.name for team in owner.teams if team.name in _ROLES),
            )
            for owner in portal.owners.values()
        )
    )


def _typed(kind: Kind, value: str | None) -> Any:
    return parse_instant(value) if kind is Kind.INSTANT else typed(kind, value)


def _versions(portal: state.Portal) -> Any:
    for record_id, record in portal.objects[CONTACTS].items():
        for position, entry in enumerate(reversed(record.history.get("hs_lead_status", []))):
            yield {
                "object_type": CONTACTS,
                "object_id": record_id,
                "property": "hs_lead_status",
                "position": position,
                "value": entry.value or None,
                "at": entry.timestamp,
                "source_type": entry.source_type,
                "user_id": entry.updated_by_user_id,
            }
