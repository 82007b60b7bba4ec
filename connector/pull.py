"""One round of reading the CRM into the mirror: what is read, in which order, and what it cost."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine

from connector.batches import pieces
from connector.errors import AccessRefused
from connector.gateway import Gateway
from connector.limits import Clock
from connector.mirror.cursors import forget_unread, load_cursor, load_link_pass, save_cursor
from connector.mirror.marks import EVERYTHING, Purpose, contacts_to_examine, mark, unmark
from connector.mirror.schema import ensure_columns, load_schema
from connector.mirror.shared_rows import (
    defined_types,
    store_definitions,
    store_owners,
    store_portal,
    store_stages,
    stored_portal,
)
from connector.mirror.tables import MirrorSchema, associations, versions
from connector.mirror.writer import MERGED_IDS_PROPERTY, RecordWriter
from connector.pull_links import LinkPull, pull_links
from connector.pull_lists import pull_lists
from connector.pull_records import begin_full, doubt_interrupted, everything_asked, pull_objects
from connector.pull_store import ObjectPull, Progress, Tally, store
from connector.records import (
    ALWAYS_MIRRORED,
    CALLS,
    COMPANIES,
    CONTACTS,
    DEALS,
    EMAILS,
    MEETINGS,
    MIRRORED_TYPES,
    MODIFIED_PROPERTY,
    NOTES,
    TASKS,
)
from connector.scopes import LISTS_READ, types_without
from connector.side_by_side import Turns, side_by_side

_DEFINITIONS_LIVE = timedelta(hours=1)

# In a first reading. With both ends of each they fill the limits at a tenth of a second a call.
_TYPES_AT_ONCE = 3

# From so many changed records on, the database's idea of its tables is out of date.
_MANY = 1000

_OF_ACTIVITIES = ("hs_createdate", "hs_timestamp", "hubspot_owner_id")

# What people are shown of a record, whatever the rules need.
_ALWAYS_READ: Mapping[str, Sequence[str]] = {
    CONTACTS: ("createdate", "email", "firstname", "lastname", "company", "hs_lead_status", "hubspot_owner_id"),
    COMPANIES: ("createdate", "name"),
    DEALS: ("createdate", "dealname", "dealstage", "pipeline", "amount", "closedate", "hubspot_owner_id"),
    MEETINGS: (
        "hs_createdate",
        "hs_meeting_title",
        "hs_meeting_start_time",
        "hs_meeting_end_time",
        "hs_meeting_outcome",
        "hubspot_owner_id",
    ),
    CALLS: (*_OF_ACTIVITIES, "hs_call_title", "hs_call_direction", "hs_call_disposition"),
    EMAILS: (*_OF_ACTIVITIES, "hs_email_subject", "hs_email_direction"),
    NOTES: _OF_ACTIVITIES,
    TASKS: (*_OF_ACTIVITIES, "hs_task_subject", "hs_task_status"),
}

# Who had a contact and what it was decides who was responsible, whatever the rules need. Two cost no more than one.
_ALWAYS_WITH_HISTORY: Mapping[str, Sequence[str]] = {CONTACTS: ("hs_lead_status", "hubspot_owner_id")}


@dataclasses.dataclass(frozen=True, slots=True)
class SyncRequest:
    """`properties` per object type are those that rules and settings need; each gets a typed column.

    Naming a type there, with or without a property, is what has calls, emails, notes and tasks read at all.
    Those of `searched` have a column of normalised text besides. `histories` are properties whose former values are
    needed: any for a type but contacts doubles the calls that read its records. `overlap` is how late the CRM's search
    index is taken to be before it was seen to be later. Records last compared one by one before `sweep_due` are so again.
    What needs one of `missing_scopes` is left as it was read before.
    """

    properties: Mapping[str, Sequence[str]]
    full: bool = False
    overlap: timedelta = timedelta(minutes=15)
    searched: Mapping[str, Collection[str]] = dataclasses.field(default_factory=dict[str, Collection[str]])
    histories: Mapping[str, Collection[str]] = dataclasses.field(default_factory=dict[str, Collection[str]])
    sweep_due: datetime | None = None
    missing_scopes: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True, slots=True)
class SyncReport:
    """What one run did.

    `contacts_to_examine` are those that changed in any way, also in earlier runs, until `marks.examined` is told;
    None stands for all of them. `left_out` are object types that were not read, with the permission for it.
    """

    objects: Mapping[str, Tally]
    links_changed: int
    crm_calls: Mapping[str, int]
    seconds: float
    contacts_to_examine: frozenset[str] | None
    left_out: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])

    def as_json(self) -> dict[str, Any]:
        return {
            "objects": {name: dataclasses.asdict(tally) for name, tally in self.objects.items()},
            "crm_calls": {**self.crm_calls, "total": sum(self.crm_calls.values())},
            "seconds": round(self.seconds, 3),
            "left_out": dict(self.left_out),
        }


def sync(
    engine: Engine,
    gateway: Gateway,
    request: SyncRequest,
    now: datetime,
    report: Callable[[Progress], None],
    *,
    clock: Clock = time.monotonic,
) -> SyncReport:
    """Bring the mirror up to date. Cut off at any point and run again, it ends with the same content."""
    started, calls_before = clock(), dict(gateway.call_counts())
    types = types_to_read(request)
    fresh = not request.full and definitions_are_fresh(engine, now)
    if fresh:
        read_new_definitions(engine, gateway, request)
    else:
        read_definitions(engine, gateway, now, types)
    schema = _read_shared(engine, gateway, request)
    wanted = {object_type: properties_to_read(request, object_type) for object_type in types}
    histories = {object_type: histories_to_read(request, object_type) for object_type in types}
    tallies = {object_type: Tally() for object_type in types}
    asked = {one: everything_asked(wanted[one], histories[one]) for one in types}
    begun = _begin(engine, schema, request, asked, now)
    turns = Turns(engine)
    pulls = {
        object_type: ObjectPull(
            engine=engine,
            turns=turns,
            gateway=gateway,
            schema=schema,
            object_type=object_type,
            properties=wanted[object_type],
            history=histories[object_type],
            overlap=request.overlap,
            now=now,
            clock=clock,
            tally=tallies[object_type],
            writer=RecordWriter(schema, object_type),
            report=report,
            thorough=not fresh,
            sweep_due=request.sweep_due,
        )
        for object_type in types
    }
    parts = [partial(pull_objects, one) for one in pulls.values()]
    compared = dict(zip(pulls, side_by_side(parts, _TYPES_AT_ONCE if begun else 1, turns), strict=True))
    sizes = {object_type: tally.mirror for object_type, tally in tallies.items()}
    links = LinkPull(engine, turns, gateway, schema, _linked(types), sizes, partial(_read_again, pulls[CONTACTS]))
    links_changed = pull_links(links, thorough=compared[CONTACTS])
    if LISTS_READ not in request.missing_scopes:
        pull_lists(engine, gateway, schema)
    if sum(tally.changed for tally in tallies.values()) >= _MANY:
        _measure(engine, types)
    with engine.connect() as connection:
        to_examine = contacts_to_examine(connection)
    calls = {kind: count - calls_before.get(kind, 0) for kind, count in gateway.call_counts().items()}
    made = {kind: count for kind, count in calls.items() if count}
    left_out = types_without(request.missing_scopes)
    return SyncReport(tallies, links_changed, made, clock() - started, to_examine, left_out)


def _begin(
    engine: Engine, schema: MirrorSchema, request: SyncRequest, asked: Mapping[str, frozenset[str]], now: datetime
) -> bool:
    """Answers whether any type is to be read in full."""
    types = tuple(asked)
    with engine.begin() as connection:
        forget_unread(connection, schema, (*types, *types_without(request.missing_scopes)))
        doubt_interrupted(connection, types, linked=_linked(types))
        for object_type in types:
            begin_full(connection, object_type, asked[object_type], now, linked=_linked(types), full=request.full)
        return any(load_cursor(connection, one).full_started_at is not None for one in types)


def _read_again(contacts: ObjectPull, ids: Sequence[str]) -> None:
    """Contacts whose links have changed, unless they were read with what else changed in this run."""
    for some in pieces(ids, _MANY):
        records = contacts.read([one for one in some if one not in contacts.seen])
        with contacts.turns.writing() as connection:
            store(contacts, connection, records)
            # Their links have just been read.
            for purpose in (Purpose.LINKS, Purpose.VALUES):
                unmark(connection, purpose, CONTACTS, some)


def _measure(engine: Engine, types: Sequence[str]) -> None:
    """Tell the database how its tables have grown: without, PostgreSQL takes six times as long to examine them."""
    for table in (*types, associations.name, versions.name):
        with engine.begin() as connection:
            connection.exec_driver_sql(f"ANALYZE {table}")


def is_complete(connection: Connection, request: SyncRequest) -> bool:
    """Whether everything that the request asks for has been read once, of every record and to the end."""
    types = types_to_read(request)
    cursors = {one: load_cursor(connection, one) for one in types}
    asked = {one: everything_asked(properties_to_read(request, one), histories_to_read(request, one)) for one in types}
    linked = all(not load_link_pass(connection, CONTACTS, one).pending for one in _linked(types))
    return linked and not any(cursor.needs_full(asked[one]) for one, cursor in cursors.items())


def types_to_read(request: SyncRequest) -> tuple[str, ...]:
    """In the order of dependency."""
    named = [one for one in MIRRORED_TYPES if one in ALWAYS_MIRRORED or one in request.properties]
    left_out = types_without(request.missing_scopes)
    return tuple(one for one in named if one not in left_out)


def _linked(types: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in types if one != CONTACTS)


def properties_to_read(request: SyncRequest, object_type: str) -> list[str]:
    """What was asked for, and what the mirror itself and its readers cannot do without."""
    own = (MODIFIED_PROPERTY[object_type], MERGED_IDS_PROPERTY, *_ALWAYS_READ[object_type])
    return sorted({*request.properties.get(object_type, ()), *own})


def histories_to_read(request: SyncRequest, object_type: str) -> list[str]:
    return sorted({*request.histories.get(object_type, ()), *_ALWAYS_WITH_HISTORY.get(object_type, ())})


def definitions_are_fresh(engine: Engine, now: datetime) -> bool:
    with engine.connect() as connection:
        read_at = load_cursor(connection, CONTACTS).definitions_read_at
    return read_at is not None and now - read_at <= _DEFINITIONS_LIVE


def read_definitions(engine: Engine, gateway: Gateway, now: datetime, types: Collection[str] = ALWAYS_MIRRORED) -> None:
    portal = gateway.portal()
    with engine.connect() as connection:
        known = stored_portal(connection)
    if known is not None and known.id != portal.id:
        raise AccessRefused(
            f"This database holds the copy of HubSpot account {known.id}, but the access token belongs to account "
            f"{portal.id}. Use a database of its own for each account (MIMAWARI_DATABASE_URL), or the other token."
        )
    found = {object_type: gateway.property_definitions(object_type) for object_type in types}
    with engine.begin() as connection:
        differs = store_portal(connection, portal)
        for object_type, definitions in found.items():
            differs |= store_definitions(connection, object_type, definitions)
        _examine_all(connection, differs=differs)
        cursor = load_cursor(connection, CONTACTS)
        save_cursor(connection, dataclasses.replace(cursor, definitions_read_at=now))


def read_new_definitions(engine: Engine, gateway: Gateway, request: SyncRequest) -> bool:
    """The definitions of the types that are to be read for the first time; answers whether there are any."""
    with engine.connect() as connection:
        known = defined_types(connection)
    found = {one: gateway.property_definitions(one) for one in types_to_read(request) if one not in known}
    with engine.begin() as connection:
        for object_type, definitions in found.items():
            store_definitions(connection, object_type, definitions)
    return bool(found)


def _read_shared(engine: Engine, gateway: Gateway, request: SyncRequest) -> MirrorSchema:
    owners = gateway.owners()
    stages = None if DEALS in types_without(request.missing_scopes) else gateway.deal_stages()
    with engine.begin() as connection:
        differs = store_owners(connection, owners)
        if stages is not None:
            differs |= store_stages(connection, stages)
        _examine_all(connection, differs=differs)
        schema = load_schema(connection, request.properties, request.searched)
    ensure_columns(engine, schema)
    return schema


def _examine_all(connection: Connection, *, differs: bool) -> None:
    """A change in people, stages or definitions can touch any contact."""
    if differs:
        mark(connection, Purpose.EXAMINE, CONTACTS, [EVERYTHING])
