"""What the CRM changed under the rules: properties that no longer fit are not written to, and the admins are told once."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from connector.mirror.shared_rows import stored_definitions
from connector.records import CONTACTS, PropertyDefinition
from jobs.database import snapshot, writing
from jobs.ledger import known_properties, rule_sets
from jobs.ledger.known_properties import Key
from jobs.rule_news import Audience, send
from jobs.wiring import Parts
from rules.drift import READ_ONLY, Demand, Known, Misfit, added, demands, misfits, sentences
from rules.model import RuleSet

# For so long the doctor names options that came.
_NEW_FOR = timedelta(days=30)


@dataclasses.dataclass(frozen=True, slots=True)
class Compared:
    """One property of the portal beside what was known of it: what does not fit, and which options are new."""

    present: PropertyDefinition | None
    known: Known | None
    demand: Demand
    misfits: tuple[Misfit, ...]

    @property
    def added(self) -> tuple[str, ...]:
        return added(self.known, self.present) if self.present and self.demand.claim is not None else ()

    @property
    def name(self) -> str:
        definition = self.present or (self.known.definition if self.known else None)
        return definition.name if definition else ""


def compare(
    rule_set: RuleSet, known: Mapping[Key, Known], present: Mapping[Key, PropertyDefinition]
) -> dict[Key, Compared]:
    """Everything that the rules read and that they or people write, as far as the portal has or had it."""
    asked: dict[Key, Demand] = {(kind, name): READ_ONLY for kind, names in rule_set.needs.items() for name in names}
    asked |= {(CONTACTS, name): demand for name, demand in demands(rule_set).items()}
    return {
        key: Compared(present.get(key), known.get(key), demand, misfits(demand, known.get(key), present.get(key)))
        for key, demand in asked.items()
        if key in present or key in known
    }


def keep_up(parts: Parts, rule_set: RuleSet, now: datetime) -> None:
    """After the definitions were read: note what fits and what does not. The next writes go by it."""
    with snapshot(parts.engine) as connection:
        present = _present(connection, rule_set)
        known, noted = known_properties.read(connection), known_properties.misfitting(connection)
    found = compare(rule_set, known, present)
    with writing(parts.engine) as connection:
        known_properties.forget(connection, known.keys() - found.keys())
        for key, one in found.items():
            fits = Known(one.present, one.demand.claim) if one.present is not None else None
            if fits is not None and (one.known is None or (not one.misfits and (one.known != fits or key in noted))):
                known_properties.keep(connection, fits)
            if one.misfits and noted.get(key) != one.misfits:
                known_properties.note(connection, key, one.misfits)
        _tell_drift(parts, connection, [one for one in found.values() if one.misfits], now)
        for one in found.values():
            if one.added and not one.misfits:
                _tell_added(parts, connection, one, now)


def compare_live(parts: Parts) -> list[Compared]:
    """As the CRM is at this moment, whatever was mirrored; nothing is noted. Options that came lately count as new."""
    rule_set = parts.rules()
    with snapshot(parts.engine) as connection:
        present, known = _present(connection, rule_set), known_properties.read(connection)
        told = rule_sets.since(connection, rule_sets.OPTIONS, parts.clock() - _NEW_FOR)
    present = {key: one for key, one in present.items() if key[0] != CONTACTS}
    present |= {(CONTACTS, one.name): one for one in parts.gateway().property_definitions(CONTACTS)}
    lately: dict[str, set[str]] = {}
    for row in told:
        lately.setdefault(row.detail["name"], set()).update(row.detail["added"])
    return [
        dataclasses.replace(one, known=_without(one.known, lately.get(one.name, set())))
        for one in compare(rule_set, known, present).values()
    ]


def _without(known: Known | None, options: Collection[str]) -> Known | None:
    if known is None or not options:
        return known
    left = tuple(one for one in known.definition.options if one.value not in options)
    return dataclasses.replace(known, definition=dataclasses.replace(known.definition, options=left))


def _present(connection: Connection, rule_set: RuleSet) -> dict[Key, PropertyDefinition]:
    kinds = {CONTACTS, *rule_set.needs}
    return {(kind, one.name): one for kind in kinds for one in stored_definitions(connection, kind)}


def _tell_drift(parts: Parts, connection: Connection, drifted: Sequence[Compared], now: datetime) -> None:
    """Once for each property and state; the message ends when the property fits again."""
    subjects = {_subject(one): one for one in drifted}
    said = rule_sets.unmended(connection, rule_sets.DRIFT)
    rule_sets.mend(connection, [row for row in said if row.subject not in subjects], now)
    for subject in sorted(subjects.keys() - {row.subject for row in said}):
        one = subjects[subject]
        told = sentences(one.name, one.misfits)
        detail = {
            **_named(one),
            "stops": one.demand.claim is not None,
            "said": {"ja": [text.ja for text in told], "en": [text.en for text in told]},
            "added": list(one.added),
        }
        news_id = rule_sets.add(connection, rule_sets.DRIFT, subject, detail, now)
        send(parts, connection, Audience(f"drift-{_matter(one)}"), rule_sets.DRIFT, news_id, now)


def _tell_added(parts: Parts, connection: Connection, one: Compared, now: datetime) -> None:
    subject = hashlib.sha256(f"{_matter(one)} {one.added}".encode()).hexdigest()[:16]
    news_id = rule_sets.add(connection, rule_sets.OPTIONS, subject, {**_named(one), "added": list(one.added)}, now)
    send(parts, connection, Audience(f"options-{_matter(one)}"), rule_sets.OPTIONS, news_id, now)


def _named(one: Compared) -> dict[str, str]:
    definition = one.present or (one.known.definition if one.known else None)
    return {"name": one.name, "label": definition.label if definition else one.name}


def _subject(one: Compared) -> str:
    return hashlib.sha256(f"{_matter(one)} {one.misfits!r}".encode()).hexdigest()[:16]


def _matter(one: Compared) -> str:
    definition = one.present or (one.known.definition if one.known else None)
    kind = definition.object_type if definition else ""
    return hashlib.sha256(f"{kind}.{one.name}".encode()).hexdigest()[:8]
