"""A small mirror to examine in tests: contacts, deals and meetings with defaults, on a real database."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert

from connector.mirror.tables import (
    MirrorSchema,
    associations,
    column_name,
    metadata,
    searched_column_name,
    versions,
)
from connector.mirror.typed import normalised
from connector.records import COMPANIES, CONTACTS, DEALS, MEETINGS, Kind, Option, PropertyDefinition
from connector.sandbox.activity_properties import (
    call_properties,
    email_properties,
    meeting_properties,
    note_properties,
    task_properties,
)
from connector.sandbox.company_deal_properties import company_properties, deal_properties
from connector.sandbox.contact_properties import contact_properties
from jobs.match_keys import keys_of, next_outdated, replace_keys
from rules.compile import finding_hits, list_hits
from rules.conditions import Via
from rules.derive import derive
from rules.fields import FieldMap
from rules.load import LIBRARY, load
from rules.model import People, Person, RuleSet
from rules.words import Catalogue
from rules.world import World

TOKYO = ZoneInfo("Asia/Tokyo")
IS_OWNER, FS_OWNER, OTHER_FS, MANAGER, OPS, GONE_FS, GONE_IS, MARKETER, CALLER = (
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
)
NOBODY_KNOWN = "99"


def jst(text: str) -> datetime:
    """`11-18`, `11-18 10:30` or with a year: a moment of 2026 in Tokyo, noon if no time is given."""
    day, _, clock = text.partition(" ")
    full = day if day.count("-") == 2 else f"2026-{day}"
    return datetime.fromisoformat(f"{full} {clock or '12:00'}").replace(tzinfo=TOKYO)


SUNDAY = jst("11-22")
TUESDAY = jst("11-24 09:30")
LONG_AGO = jst("2026-06-01")


def _person(owner_id: str, role: str, *, live: bool = True) -> Person:
    return Person(
        owner_id, f"person {owner_id}", f"p{owner_id}@firm.example", int(owner_id) + 100, live, frozenset((role,))
    )


PEOPLE = People(
    (
        _person(IS_OWNER, "IS"),
        _person(FS_OWNER, "FS"),
        _person(OTHER_FS, "FS"),
        _person(MANAGER, "Manager"),
        _person(OPS, "Ops"),
        _person(GONE_FS, "FS", live=False),
        _person(GONE_IS, "IS", live=False),
        _person(MARKETER, "Marketing"),
        _person(CALLER, "Telemarketing"),
    )
)


def _definitions(object_type: str, found: Iterable[Mapping[str, Any]]) -> list[PropertyDefinition]:
    return [
        PropertyDefinition(
            object_type,
            one["name"],
            one["label"],
            one["type"],
            one["fieldType"],
            tuple(Option(option["value"], option["label"]) for option in one.get("options", [])),
            one.get("referencedObjectType"),
        )
        for one in found
    ]


def make_catalogue() -> dict[str, list[PropertyDefinition]]:
    return {
        "contacts": _definitions("contacts", contact_properties()),
        "companies": _definitions("companies", company_properties()),
        "deals": _definitions("deals", deal_properties()),
        "meetings": _definitions("meetings", meeting_properties()),
        "calls": _definitions("calls", call_properties()),
        "emails": _definitions("emails", email_properties()),
        "notes": _definitions("notes", note_properties()),
        "tasks": _definitions("tasks", task_properties()),
    }


def shipped_rules() -> RuleSet:
    loaded = load(LIBRARY, make_catalogue(), FieldMap.of())
    assert loaded.rule_set is not None, loaded.errors
    return loaded.rule_set


def schema_for(rule_set: RuleSet, catalogue: Catalogue | None = None) -> MirrorSchema:
    definitions = catalogue or make_catalogue()
    kinds = {kind: {one.name: one.kind for one in found} for kind, found in definitions.items()}
    needed = {kind: {name: kinds[kind][name] for name in names} for kind, names in rule_set.needs.items()}
    return MirrorSchema.of(needed, rule_set.searched)


def typed(kind: Kind, value: Any) -> Any:
    """A value as the mirror stores it in its typed column."""
    if value in (None, ""):
        return None
    if kind is Kind.MULTI:
        return ";" + ";".join(sorted(set(str(value).split(";")) - {""})) + ";"
    if kind is Kind.INSTANT:
        return value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return float(value) if kind is Kind.NUMBER else str(value)


@dataclasses.dataclass
class Portal:
    """Records are kept by name; ids are given in the order in which they are made."""

    connection: Connection
    rule_set: RuleSet
    schema: MirrorSchema
    names: dict[str, str] = dataclasses.field(default_factory=dict[str, str])
    last_id: int = 1000
    people: People = PEOPLE

    @classmethod
    def on(cls, connection: Connection, rule_set: RuleSet, catalogue: Catalogue | None = None) -> Portal:
        schema = schema_for(rule_set, catalogue)
        metadata.create_all(connection)
        for table in schema.tables.values():
            table.create(connection)
        return cls(connection, rule_set, schema)

    def record(self, object_type: str, created: datetime, properties: Mapping[str, Any], **row: Any) -> str:
        self.last_id += 1
        record_id = row.pop("id", str(self.last_id))
        kinds = self.schema.kinds[object_type]
        columns = {column_name(name): typed(kinds[name], properties.get(name)) for name in kinds}
        searched = self.schema.searched[object_type]
        columns |= {
            searched_column_name(name): normalised(str(properties.get(name) or "")) or None for name in searched
        }
        said = {name: _text(value) for name, value in properties.items()}
        values = {"id": record_id, "properties": said, "created_at": created, "updated_at": created, **row, **columns}
        self.connection.execute(insert(self.schema.table(object_type)).values(values))
        return record_id

    def contact(
        self,
        name: str,
        status: str | None = "NEW",
        since: datetime | None = None,
        *,
        created: datetime = LONG_AGO,
        history: Sequence[tuple[str | None, datetime]] | None = None,
        by: int | None = None,
        row: Mapping[str, Any] | None = None,
        **properties: Any,
    ) -> str:
        """`since` without `history` makes one version; neither makes none. `by` is the user behind the last one."""
        values = {"hs_lead_status": status, "createdate": created, "hubspot_owner_id": FS_OWNER, **properties}
        contact_id = self.record(CONTACTS, created, values, **(row or {}))
        entries = history if history is not None else [(status, since)] if since else []
        for position, (value, at) in enumerate(entries):
            self.version(contact_id, position, value, at, by=by if position == len(entries) - 1 else None)
        self.names[contact_id] = name
        return contact_id

    def version(
        self,
        record_id: str,
        position: int,
        value: str | None,
        at: datetime,
        name: str = "hs_lead_status",
        object_type: str = CONTACTS,
        by: int | None = None,
    ) -> None:
        row = {"object_type": object_type, "object_id": record_id, "property": name, "position": position}
        self.connection.execute(insert(versions).values(**row, value=value, at=at, source_type="CRM_UI", user_id=by))

    def deal(
        self, contact_id: str | None, state: str = "open", *, created: datetime = LONG_AGO, **properties: Any
    ) -> str:
        row = properties.pop("row", {})
        closed, won = str(state != "open").lower(), str(state == "won").lower()
        values = {"hs_is_closed": closed, "hs_is_closed_won": won, "createdate": created, "hubspot_owner_id": FS_OWNER}
        deal_id = self.record(DEALS, created, {**values, **properties}, **row)
        if contact_id is not None:
            self.link(contact_id, DEALS, deal_id)
        return deal_id

    def meeting(
        self, contact_id: str, start: datetime | None, *, created: datetime = LONG_AGO, **properties: Any
    ) -> str:
        row = properties.pop("row", {})
        end = start + timedelta(hours=1) if start else None
        values = {"hs_meeting_start_time": start, "hs_meeting_end_time": end, "hubspot_owner_id": FS_OWNER}
        meeting_id = self.record(MEETINGS, created, {**values, **properties}, **row)
        self.link(contact_id, MEETINGS, meeting_id)
        return meeting_id

    def activity(self, contact_id: str, object_type: str, at: datetime | None, **properties: Any) -> str:
        """A call, an email, a note or a task."""
        row = properties.pop("row", {})
        activity_id = self.record(object_type, LONG_AGO, {"hs_timestamp": at, **properties}, **row)
        self.link(contact_id, object_type, activity_id)
        return activity_id

    def company(self, contact_id: str, name: str | None = None, type_id: int = 1, **properties: Any) -> str:
        """`type_id` 1 makes it the primary one."""
        row = properties.pop("row", {})
        company_id = self.record(COMPANIES, LONG_AGO, {"name": name, **properties}, **row)
        self.link(contact_id, COMPANIES, company_id, type_id)
        return company_id

    def link(self, contact_id: str, object_type: str, record_id: str, type_id: int = 1) -> None:
        row = {"from_type": CONTACTS, "from_id": contact_id, "to_type": object_type, "to_id": record_id}
        self.connection.execute(insert(associations).values(**row, type_id=type_id))

    def world(self, now: datetime) -> World:
        return World(now, self.people, self.rule_set.calendar)

    def derive(self, now: datetime = SUNDAY, only: Sequence[str] | None = None) -> None:
        make_match_keys(self.connection, self.rule_set, self.schema)
        for statement in derive(self.rule_set, self.schema, self.world(now), only=only):
            self.connection.execute(statement)

    def findings(self, rule_id: str, now: datetime = SUNDAY, only: Sequence[str] | None = None) -> set[str]:
        """Names of the contacts that a rule finds."""
        self.derive(now, only)
        query = finding_hits(self.rule_set, self.rule_set.rule(rule_id), self.schema, self.world(now))
        return {self.names[row.record_id] for row in self.connection.execute(query)}

    def lists(self, rule_id: str, now: datetime = SUNDAY) -> set[tuple[str, str, str | None]]:
        """(contact, list, held by) of one list rule."""
        self.derive(now)
        rule = self.rule_set.rule(rule_id)
        query = list_hits(self.rule_set, rule, rule.lists[0], self.schema, self.world(now))
        rows = [*self.connection.execute(query)]
        found = {(self.names[row.record_id], rule.lists[0].name(row.item), row.held_by) for row in rows}
        assert len(found) == len(rows), "a membership was given twice"
        return found


def make_match_keys(connection: Connection, rule_set: RuleSet, schema: MirrorSchema) -> None:
    last = "0"
    while Via.OLDER_TWINS in rule_set.ways and (rows := next_outdated(connection, rule_set, schema, last)):
        replace_keys(connection, rule_set, rows, keys_of(rule_set, rows))
        last = rows[-1].id


def _text(value: Any) -> str | None:
    return value.isoformat() if isinstance(value, datetime) else value


def rules_from(folder: Path, text: str) -> RuleSet:
    """A rule set of a few rules written here, with the shipped terms, vocabulary and calendar."""
    path = folder / "rules.yaml"
    path.write_text("format: 1\nrules:\n" + text, encoding="utf-8")
    loaded = load(path, make_catalogue(), FieldMap.of())
    assert loaded.rule_set is not None, loaded.errors
    return loaded.rule_set


def rule_text(rule_id: str, when: str, then: str = "finding: {severity: info}") -> str:
    return f"  {rule_id}:\n    title: {rule_id}\n    for_each: contact\n    when:\n      {when}\n    then:\n      - {then}\n"
