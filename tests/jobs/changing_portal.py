"""A portal that people keep changing while time passes, mirrored and marked as a sync would leave it."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select, text

from connector.mirror.marks import EVERYTHING, mark_to_examine
from connector.mirror.schema import ensure_columns, load_schema
from connector.mirror.shared_rows import store_definitions
from connector.mirror.tables import MirrorSchema
from connector.records import CONTACTS, DEALS, MEETINGS
from connector.sandbox.state import Portal, StoredObject
from jobs.database import snapshot, writing
from jobs.examine import Examination, examine
from jobs.ledger.findings import open_records
from jobs.ledger.plan_lines import LIST_PROPERTY, OPEN_STATES
from jobs.ledger.tables import memberships, plan_lines
from jobs.look import Looked, look
from jobs.migrations.target import every_table
from rules.load import LIBRARY
from rules.model import RuleSet
from rules.world import World
from tests.rules.crm_portal import Mirrored, people_of
from tests.rules.portal import SUNDAY, make_catalogue, rule_text
from tests.rules.random_portal import make_random_portal, make_record

# Beside the shipped rules: hours, bare dates, what lies ahead.
MORE_FINDINGS = {
    "made-hours-ago": "created_at: {older_than: 4 hours}",
    "quiet-deal": "deals: {any: {closed_at: {older_than: 30 hours}}}",
    "meeting-over": "meetings: {latest: {by: ends_at, ends_at: {older_than: 2 hours}}}",
    "touched": "last_activity_at: {known: true}",
    "not-touched-since": "not: {last_activity_at: {later_than: status_since}}",
    "date-passed": "next_contact_date: {older_than: 2 days}",
    "revived-yesterday": "revived_at: {older_than: 1 day}",
    "round-of-hours": "round_start: {older_than: 50 hours}",
}
# And a value to write.
MORE = "".join(
    (
        "format: 1\nrules:\n",
        *(rule_text(rule_id, when) for rule_id, when in MORE_FINDINGS.items()),
        rule_text("slept", "status_since: {older_than: 3 hours}", "set: {lead_rank: HOT}"),
    )
)

Said = set[tuple[Any, ...]]


@dataclasses.dataclass
class ChangingPortal:
    engine: Engine
    rule_set: RuleSet
    schema: MirrorSchema
    portal: Portal = dataclasses.field(default_factory=lambda: make_random_portal(1, 2))
    now: datetime = SUNDAY

    @classmethod
    def on(cls, engine: Engine, rule_set: RuleSet) -> ChangingPortal:
        with writing(engine) as connection:
            for object_type, definitions in make_catalogue().items():
                store_definitions(connection, object_type, definitions)
            schema = load_schema(connection, rule_set.needs, rule_set.searched)
        ensure_columns(engine, schema)
        return cls(engine, rule_set, schema)

    def begin(self, seed: int, contacts: int) -> None:
        """Another portal, and a ledger that knows nothing."""
        with writing(self.engine) as connection:
            for table in reversed(every_table().sorted_tables):
                if table.name not in {"typed_columns", "property_definitions"}:
                    connection.execute(text(f"DELETE FROM {table.name}"))
        self.portal, self.now = make_random_portal(seed, contacts), SUNDAY
        chance = random.Random(seed)
        for contact in self.portal.objects[CONTACTS].values():
            self._give_date(chance, contact)
        self._mirror(set(), everything=True)

    # What people do

    def edit(self, object_type: str, seed: int) -> None:
        """One record gets other values; it may be archived, merged away or restored thereby."""
        chance = random.Random(seed)
        records = self.portal.objects[object_type]
        key = chance.choice(sorted(records))
        changed = make_record(object_type, chance)
        records[key] = changed
        if object_type == CONTACTS:
            self._give_date(chance, changed)
        self._mirror({key} if object_type == CONTACTS else self._linked(object_type, key))

    def relink(self, seed: int) -> None:
        """One link goes, another comes."""
        chance = random.Random(seed)
        contact = chance.choice(sorted(self.portal.objects[CONTACTS]))
        object_type = chance.choice((DEALS, MEETINGS))
        key = chance.choice(sorted(self.portal.objects[object_type]))
        goes = chance.choice(sorted(one for one in self.portal.associations if one[0] == CONTACTS))
        self.portal.associations.discard(goes)
        self.portal.associations.add((CONTACTS, contact, object_type, key, 4))
        self._mirror({contact, goes[1]})

    def someone_leaves_or_returns(self, seed: int) -> None:
        owner = self.portal.owners[random.Random(seed).choice(sorted(self.portal.owners))]
        owner.archived = not owner.archived
        self._mirror(set())

    def wait(self, length: timedelta) -> None:
        self.now += length

    def wait_until_midnight(self, offset: timedelta) -> None:
        zone = self.rule_set.calendar.zone
        tomorrow = self.now.astimezone(zone).date() + timedelta(days=1)
        self.now = max(self.now, datetime.combine(tomorrow, time(), zone) + offset)

    # What the program makes of it

    def look(self) -> Looked:
        return look(self.engine, self.rule_set, self.schema, self.world, run_id=1, full_at=time(3))

    @property
    def world(self) -> World:
        return World(self.now, people_of(self.portal), self.rule_set.calendar)

    def full(self) -> Mapping[str, Said]:
        """What an examination of everything says now."""
        return _said(examine(self.engine, self.rule_set, self.schema, self.world, None))

    def ledger(self) -> Mapping[str, Said]:
        """What the ledger holds."""
        with snapshot(self.engine) as connection:
            places = connection.execute(select(memberships).where(memberships.c.state != "left")).all()
            lines = connection.execute(
                select(plan_lines).where(plan_lines.c.state.in_(OPEN_STATES), plan_lines.c.property != LIST_PROPERTY)
            ).all()
            return {
                "findings": {
                    (rule.id, row.object_id, row.owner_id)
                    for rule in self.rule_set.rules
                    for row in open_records(connection, rule.id).values()
                },
                "places": {(row.rule, row.list_name, row.object_id, row.held_by) for row in places},
                "values": {(row.rule, row.object_id, row.property, row.before, row.after) for row in lines},
            }

    def _mirror(self, changed: set[str], *, everything: bool = False) -> None:
        with writing(self.engine) as connection:
            Mirrored(connection, self.rule_set, self.schema).fill(self.portal)
            mark_to_examine(connection, [EVERYTHING] if everything else sorted(changed, key=int))

    def _linked(self, object_type: str, key: str) -> set[str]:
        return {one[1] for one in self.portal.associations if one[0] == CONTACTS and one[2:4] == (object_type, key)}

    def _give_date(self, chance: random.Random, contact: StoredObject) -> None:
        day = (SUNDAY + timedelta(days=chance.randrange(-20, 30))).date()
        contact.properties["next_contact_date"] = chance.choice(("", day.isoformat()))


def _said(examination: Examination) -> Mapping[str, Said]:
    rules = examination.rules
    return {
        "findings": {(one.rule.id, i, owner) for one in rules for i, owner in one.receivers.items()},
        "places": {(one.rule.id, p.list_name, p.object_id, p.held_by) for one in rules for p in one.places},
        "values": {(one.rule.id, v.object_id, v.property, v.present, v.wanted) for one in rules for v in one.values},
    }


def more_rules(folder: Path) -> Path:
    """The shipped rules and those above, in one folder."""
    for path in LIBRARY.glob("*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "more.yaml").write_text(MORE, encoding="utf-8")
    return folder
