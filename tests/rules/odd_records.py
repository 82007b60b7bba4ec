"""A small portal with two properties of every kind on every object, filled with awkward values, for random conditions."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from connector.records import CONTACTS, DEALS, MEETINGS, Kind, Option, PropertyDefinition
from rules.conditions import Word
from rules.fields import FieldMap
from rules.load import load
from rules.model import RuleSet
from rules.words import Dictionary
from tests.rules.portal import SUNDAY, Portal, make_catalogue
from tests.rules.reference import LEAD_STATUS, Seen

TYPES = (CONTACTS, DEALS, MEETINGS)
TEXTS = (
    "部長",
    "営業部長",
    "ＡＢＣ",
    "abc",
    "xAbcx",
    "50%増",
    "50x増",
    "a_b",
    "axb",
    "ｱﾎﾟ",
    "アポ",
    "o'neil",
    "\\",
    "a;b",
)

PARTS = (*TEXTS, "部", "b", "%", "_", "50", "ホ", "'")
CHOICES = ("alpha", "Alpha", "beta", "gone")
ITEMS = ("X", "X2", "x", "Y", "a_b")
NUMBERS = (-3.0, 0.0, 10.0, 40.0, 40.5)
OWNERS = ("1", "2", "3", "6", "7", "99")
STATUSES = ("NEW", "OPEN_DEAL", "BAD_TIMING", "open_deal", "連絡済み")
SERVICES = ("crm_setup", "web_report", "factory_navi", "Crm_setup", "gone")
STAGES = ("appointmentscheduled", "closedwon", "closedlost", "elsewhere")
DAYS = (-40, -30, -10, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 10)
_TYPES_OF_KINDS = {
    Kind.TEXT: ("string", "text"),
    Kind.CHOICE: ("enumeration", "select"),
    Kind.MULTI: ("enumeration", "checkbox"),
    Kind.NUMBER: ("number", "number"),
    Kind.INSTANT: ("datetime", "date"),
    Kind.DATE: ("date", "date"),
    Kind.OWNER: ("enumeration", "select"),
}
_HISTORIES: Mapping[str, Mapping[str, Sequence[str]]] = {
    CONTACTS: {LEAD_STATUS: STATUSES, "hubspot_owner_id": OWNERS},
    DEALS: {"dealstage": STAGES},
}
_RELATIONS = """relations:
  big_deals: {from: deals, where: {one_number: {at_least: 10}}}
  last_meeting: {from: meetings, pick: {latest: one_instant}}
"""


def catalogue() -> dict[str, list[PropertyDefinition]]:
    found = make_catalogue()
    for object_type in TYPES:
        for kind in Kind:
            found[object_type] += [
                _definition(object_type, f"{which}_{kind.value}", kind) for which in ("one", "other")
            ]
    return found


def _definition(object_type: str, name: str, kind: Kind) -> PropertyDefinition:
    values = {Kind.CHOICE: CHOICES[:3], Kind.MULTI: ITEMS[:4]}.get(kind, ())
    options = tuple(Option(value, value) for value in values)
    referenced = "OWNER" if kind is Kind.OWNER else None
    return PropertyDefinition(object_type, name, name, *_TYPES_OF_KINDS[kind], options, referenced)


def words(object_type: str) -> list[Word]:
    """All that random conditions are made of."""
    dictionary = Dictionary.of(catalogue(), FieldMap.of())
    names = [f"{which}_{kind.value}" for kind in Kind for which in ("one", "other")]
    names += {CONTACTS: ["lead_status", "owner", "services"], DEALS: ["dealstage"]}.get(object_type, [])
    return [word for name in names if (word := dictionary.word(object_type, name))]


def rules_about_everything(folder: Path) -> RuleSet:
    """One rule that names every word, so that the mirror has a column for each."""
    lines = [f"    - {name}" for name in _conditions(CONTACTS)]
    lines += [f"    - {kind}: {{any: {{any: [{', '.join(_conditions(kind))}]}}}}" for kind in (DEALS, MEETINGS)]
    rule = "  all-words:\n    title: x\n    for_each: contact\n    when:\n    " + "\n    ".join(lines)
    path = folder / "rules.yaml"
    text = f"format: 1\nrules:\n{rule}\n    then: [{{finding: {{severity: info}}}}]\n{_RELATIONS}"
    path.write_text(text, encoding="utf-8")
    loaded = load(path, catalogue(), FieldMap.of())
    assert loaded.rule_set is not None, loaded.errors
    return loaded.rule_set


def _conditions(object_type: str) -> list[str]:
    return [
        f"{{{word.name}: {'{contains: a}' if word.kind is Kind.TEXT else '{known: true}'}}}"
        for word in words(object_type)
    ]


def fill(connection: Connection, rule_set: RuleSet, seed: int, contacts: int = 24) -> tuple[Portal, list[Seen]]:
    """The records in the mirror, and as the reference sees them."""
    chance = random.Random(seed)
    portal = Portal.on(connection, rule_set, catalogue())
    found = [_store(portal, chance, CONTACTS) for _ in range(contacts)]
    for object_type in (DEALS, MEETINGS):
        for _ in range(contacts):
            record = _store(portal, chance, object_type)
            for contact in chance.sample(found, chance.choice((0, 1, 1, 2))):
                contact.linked.setdefault(object_type, []).append(record)
                for type_id in chance.sample((4, 200), chance.choice((1, 2))):
                    portal.link(contact.id, object_type, record.id, type_id)
    portal.names |= {one.id: one.id for one in found}
    return portal, found


def _store(portal: Portal, chance: random.Random, object_type: str) -> Seen:
    created = moment(chance)
    values = {word.property or "": _value(chance, word) for word in words(object_type)}
    if chance.random() < 0.7:
        values["createdate"] = moment(chance).isoformat()
    past = {name: _past(chance, pool) for name, pool in _HISTORIES.get(object_type, {}).items()}
    said = {name: value for name, value in values.items() if value or chance.random() < 0.5}
    record = Seen(portal.record(object_type, created, said), created, said, past)
    for name, entries in past.items():
        for position, (value, at) in enumerate(entries):
            portal.version(record.id, position, value or None, at, name, object_type)
    return record


def _past(chance: random.Random, pool: Sequence[str]) -> list[tuple[str, datetime]]:
    times = sorted(moment(chance) for _ in range(chance.choice((0, 0, 1, 2, 3))))
    return [(chance.choice((*pool, "")), at) for at in times]


def _value(chance: random.Random, word: Word) -> str:
    if chance.random() < 0.25:
        return ""
    if word.kind is Kind.MULTI:
        pool = SERVICES if word.only_options else ITEMS
        return ";".join(chance.choices(pool, k=chance.choice((1, 1, 2, 3))))
    if word.kind is Kind.INSTANT:
        return moment(chance).isoformat()
    if word.kind is Kind.DATE:
        return (SUNDAY + timedelta(days=chance.choice(DAYS))).date().isoformat()
    pools: dict[Kind, Sequence[Any]] = {Kind.TEXT: TEXTS, Kind.NUMBER: NUMBERS, Kind.OWNER: OWNERS}
    return str(
        chance.choice(pools.get(word.kind) or {"lead_status": STATUSES, "dealstage": STAGES}.get(word.name, CHOICES))
    )


def moment(chance: random.Random) -> datetime:
    """Often right at, before or after midnight in Tokyo, or right now."""
    day = SUNDAY + timedelta(days=chance.choice(DAYS))
    if chance.random() < 0.2:
        return SUNDAY + timedelta(hours=chance.choice((-4, 0, 4)), milliseconds=chance.choice((-1, 0, 1)))
    return day.replace(hour=0) + timedelta(milliseconds=chance.choice((0, 0, -1, 1, chance.randrange(86_400_000))))
