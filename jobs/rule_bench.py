"""An empty portal in memory, for rule tests: what a test gives is put into the real mirror, and the real rules look."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Executable, delete, insert, select
from sqlalchemy.schema import ExecutableDDLElement

from connector.mirror.history import store_history
from connector.mirror.schema import ensure_columns
from connector.mirror.tables import MirrorSchema, associations, match_keys, match_sources, versions
from connector.mirror.writer import RecordWriter
from connector.records import COMPANIES, CONTACTS, MIRRORED_TYPES, Kind, Record, Version
from jobs.database import open_database, snapshot, writing
from jobs.examine import examine
from jobs.ledger.tables import findings
from jobs.match_keys import refresh_match_keys
from jobs.reconcile import reconcile
from rules.compile import creation_hits, finding_hits, list_hits
from rules.creation_kind import CreationKind
from rules.derive import TABLES, derive, made_anew
from rules.explain import Explained, Shape, explain, read_explanation
from rules.model import ROLES, People, Person, Rule, RuleSet
from rules.rule_tests import Given, GivenRecord, Who
from rules.scope import Rows
from rules.score_hits import value_hits
from rules.words import Catalogue
from rules.world import World

CONTACT_ID = "1"
_LINK_TYPE = 1
_SOURCE = "CRM_UI"


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """What one rule says of the contact. `items`: of which lists, with the rule that holds it off them, if any; `made`:
    what it would make in the CRM, and for whom.
    """

    rule: Rule
    matched: bool
    receiver: str | None
    items: Mapping[str, str | None]
    values: tuple[str | None, ...]
    made: Mapping[CreationKind, str | None]


class Bench:
    """One contact at a time; what the last one left behind is gone."""

    def __init__(self, rule_set: RuleSet, catalogue: Catalogue | None, people: Iterable[Who]) -> None:
        self._engine: Engine = open_database("sqlite://")
        self._rule_set = rule_set
        self._schema = MirrorSchema.of(_kinds(rule_set, catalogue), rule_set.searched)
        ensure_columns(self._engine, self._schema)
        with writing(self._engine) as connection:
            for statement in made_anew(*TABLES):
                connection.execute(statement)
        self._ids = {who: str(number) for number, who in enumerate(_everybody(people), start=1)}
        self._people = People(tuple(_person(number, who) for who, number in self._ids.items()))
        # Building a statement takes longer than running it here, and most tests of a rule are about the same moment.
        self._built: dict[tuple[object, ...], Any] = {}
        self._writers = {kind: RecordWriter(self._schema, kind) for kind in MIRRORED_TYPES}
        self._put: frozenset[str] = frozenset()

    def close(self) -> None:
        self._engine.dispose()

    def id_of(self, who: Who) -> str:
        return self._ids[who]

    def name_of(self, owner_id: str | None) -> str:
        person = self._people.person(owner_id)
        return person.name if person else "nobody"

    def put(self, given: Given) -> None:
        """The contact and its records take the place of everything in the mirror."""
        contact = self._record(given.contact, CONTACT_ID, given)
        linked = [self._record(one, str(number)) for number, one in enumerate(given.related, start=1)]
        others = [
            self._record(one, str(number)) for number, one in enumerate((*given.siblings, *given.others), start=2)
        ]
        if given.siblings and not any(one.object_type == COMPANIES for one in linked):
            linked.append(Record(COMPANIES, str(len(linked) + 1), {}, contact.created_at, contact.updated_at))
        colleagues = [(one, company) for one in others[: len(given.siblings)] for company in _first_company(linked)]
        every = (contact, *linked, *others)
        with writing(self._engine) as connection:
            before = [self._schema.table(kind) for kind in self._put]
            for table in (*before, associations, versions, match_keys, match_sources):
                connection.execute(delete(table))
            self._put = frozenset(one.object_type for one in every)
            for kind in self._put:
                self._writers[kind].store(connection, [one for one in every if one.object_type == kind])
            store_history(connection, CONTACTS, [contact])
            if linked:
                connection.execute(insert(associations), [_link(contact, one) for one in linked])
            if colleagues:
                connection.execute(insert(associations), [_link(*pair) for pair in colleagues])
        if others:
            refresh_match_keys(self._engine, self._rule_set, self._schema, None)

    def look(self, rules: Iterable[Rule], now: datetime) -> list[Seen]:
        """What each of the rules says of the contact at that moment."""
        world = self._world(now)
        with snapshot(self._engine) as connection:
            self._derive(connection, world)
            return [self._one(connection, rule, world) for rule in rules]

    def reasons(self, rule: Rule, now: datetime) -> list[Explained]:
        """Every part of the rule's condition with the value it saw."""
        world = self._world(now)
        with snapshot(self._engine) as connection:
            self._derive(connection, world)
            statement, shape = self._once(lambda: self._explanation(rule, world), now, rule.id, "why")
            return read_explanation(shape, connection.execute(statement).one(), every_point=True)

    def round(self, rules: tuple[Rule, ...], now: datetime) -> None:
        """An examination and what it does to the ledger, as in every cycle; for these rules alone."""
        held = {name for rule in rules for action in rule.lists for name in action.hold}
        needed = tuple(one for one in self._rule_set.rules if one in rules or one.id in held)
        rule_set = dataclasses.replace(self._rule_set, rules=needed)
        examination = examine(self._engine, rule_set, self._schema, self._world(now), None)
        reconcile(self._engine, rule_set, examination, now=now, run_id=1)

    def forget_findings(self) -> None:
        with writing(self._engine) as connection:
            connection.execute(delete(findings))

    def finding_states(self, rules: Iterable[Rule]) -> list[bool]:
        """For each finding that the rules ever had, whether it is open."""
        ids = [rule.id for rule in rules]
        with snapshot(self._engine) as connection:
            own = (findings.c.rule.in_(ids), findings.c.object_id == CONTACT_ID)
            rows = connection.execute(select(findings.c.open_key).where(*own))
            return [row.open_key is not None for row in rows]

    def _world(self, now: datetime) -> World:
        return World(now, self._people, self._rule_set.calendar)

    def _derive(self, connection: Connection, world: World) -> None:
        for statement in self._once(lambda: self._derivation(world), world.now):
            connection.execute(statement)

    def _derivation(self, world: World) -> list[Executable]:
        """Without what makes the tables, which are there and empty after each look."""
        found = derive(self._rule_set, self._schema, world, only=[CONTACT_ID])
        return [one for one in found if not isinstance(one, ExecutableDDLElement)]

    def _once(self, build: Callable[[], Any], *key: object) -> Any:
        if key not in self._built:
            self._built[key] = build()
        return self._built[key]

    def _one(self, connection: Connection, rule: Rule, world: World) -> Seen:
        hits_query, lists, sets, creations = self._once(lambda: self._questions(rule, world), world.now, rule.id)
        hits = connection.execute(hits_query).all()
        items = {row.item: row.held_by for query in lists for row in connection.execute(query)}
        values = tuple(row.wanted for query in sets for row in connection.execute(query) if row.held_by is None)
        made = {
            action.kind: row.receiver_owner_id
            for action, query in zip(rule.creations, creations, strict=True)
            for row in connection.execute(query)
        }
        return Seen(rule, bool(hits), hits[0].receiver_owner_id if hits else None, items, values, made)

    def _explanation(self, rule: Rule, world: World) -> tuple[Rows, Shape]:
        return explain(self._rule_set, rule, self._schema, world)

    def _questions(self, rule: Rule, world: World) -> tuple[Rows, list[Rows], list[Rows], list[Rows]]:
        rule_set, schema = self._rule_set, self._schema
        return (
            finding_hits(rule_set, rule, schema, world),
            [list_hits(rule_set, rule, action, schema, world) for action in rule.lists],
            value_hits(rule_set, rule, schema, world),
            [creation_hits(rule_set, rule, action, schema, world) for action in rule.creations],
        )

    def _record(self, given: GivenRecord, record_id: str, whole: Given | None = None) -> Record:
        properties = {
            name: self._ids[value] if isinstance(value, Who) else value for name, value in given.properties.items()
        }
        history = {self._rule_set.vocabulary.property: self._versions(whole)} if whole and whole.history else {}
        recorded = given.recorded_at.astimezone(UTC)
        return Record(given.object_type, record_id, properties, recorded, recorded, history=history)

    def _versions(self, given: Given) -> list[Version]:
        return [
            Version(step.status, step.at.astimezone(UTC), _SOURCE, None, self._user_id(step.by))
            for step in given.history
        ]

    def _user_id(self, who: Who | None) -> int | None:
        person = self._people.person(self._ids[who]) if who else None
        return person.user_id if person else None


def _everybody(people: Iterable[Who]) -> list[Who]:
    """One live person of each role first, so that a reminder to a role always finds somebody."""
    return [*dict.fromkeys([*(Who((role,)) for role in ROLES), *people])]


def _person(number: str, who: Who) -> Person:
    name = " ".join(filter(None, (who.name or "+".join(who.roles) or "no role", "" if who.live else "(gone)")))
    return Person(number, name, f"person{number}@firm.example", 1000 + int(number), who.live, frozenset(who.roles))


def _first_company(linked: Iterable[Record]) -> list[Record]:
    return [one for one in linked if one.object_type == COMPANIES][:1]


def _link(contact: Record, record: Record) -> dict[str, Any]:
    return {
        "from_type": CONTACTS,
        "from_id": contact.id,
        "to_type": record.object_type,
        "to_id": record.id,
        "type_id": _LINK_TYPE,
    }


def _kinds(rule_set: RuleSet, catalogue: Catalogue | None) -> dict[str, dict[str, Kind]]:
    """The portal's own kinds; without a portal, those that the standard words have."""
    kinds: dict[str, dict[str, Kind]] = {}
    for object_type, names in rule_set.needs.items():
        words = rule_set.words.get(object_type, {}).values()
        known = {word.property: word.kind for word in words if word.property}
        known |= {one.name: one.kind for one in (catalogue or {}).get(object_type, ())}
        kinds[object_type] = {name: known.get(name, Kind.TEXT) for name in names}
    return kinds
