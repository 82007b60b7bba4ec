"""Writes that wait for a decision, in words for one reader and grouped by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from connector.mirror.shared_rows import stored_definitions
from connector.records import CONTACTS, PropertyDefinition
from jobs.database import snapshot
from jobs.ledger import rejections
from jobs.ledger.plan_lines import LIST_PROPERTY
from jobs.wiring import Parts
from rules.model import family_of
from slack_app.texts.catalogue import Catalogue, catalogue
from slack_app.views import ChangeGroup, ChangeLine, ContactCard


def grouped(parts: Parts, rows: Sequence[Row[Any]], language: str) -> list[ChangeGroup]:
    """In the order of the rule files; a rule that there is no longer comes with none of its lines."""
    say, people = catalogue(language), parts.people()
    with snapshot(parts.engine) as connection:
        definitions = {one.name: one for one in stored_definitions(connection, CONTACTS)}
        rejected = rejections.rejected_by_rule(connection)
    counts = Counter(family_of(row.rule) for row in rows)
    limits = {family_of(rule.id): rule.limit for rule in parts.rules().rules}
    told = [row for row in rows if counts[family_of(row.rule)] <= limits.get(family_of(row.rule), 0)]
    cards = {card.contact_id: card for card in parts.scribe(parts.rules()).cards(_ids(told), language)}
    owners = {person.owner_id: person.name for person in people.persons}
    by_rule: dict[str, list[ChangeLine]] = {}
    for row in told:
        card = cards.get(row.object_id)
        if card is not None:
            words = _words(row, definitions.get(row.property), owners, say)
            by_rule.setdefault(family_of(row.rule), []).append(_line(row, card, words))
    groups: dict[str, ChangeGroup] = {}
    for rule in parts.rules().rules:
        family = family_of(rule.id)
        lines = tuple(by_rule.get(family, ()))
        if family not in groups and (lines or counts[family] > rule.limit):
            title = rule.title.in_language(language)
            groups[family] = ChangeGroup(family, title, counts[family], rule.limit, rejected.get(family, 0), lines)
    return list(groups.values())


def _ids(rows: Sequence[Row[Any]]) -> list[str]:
    return list(dict.fromkeys(row.object_id for row in rows))


def _line(row: Row[Any], card: ContactCard, words: str) -> ChangeLine:
    return ChangeLine(row.id, card.contact_id, card.name, card.company, card.url, words)


def _words(row: Row[Any], definition: PropertyDefinition | None, owners: Mapping[str, str], say: Catalogue) -> str:
    if row.property == LIST_PROPERTY:
        key = "change.joins" if row.after else "change.leaves"
        return say.plain(key, list=row.after or row.before)
    if row.creates is not None:
        return say.plain("change.creates" if row.after else "change.removes", title=row.after or row.before)
    options = {option.value: option.label for option in definition.options} if definition else {}
    if definition is not None and definition.referenced_type == "OWNER":
        options = dict(owners)
    before, after = (_labelled(value, options) or say.plain("change.nothing") for value in (row.before, row.after))
    return say.plain("change.value", label=definition.label if definition else row.property, before=before, after=after)


def _labelled(value: str | None, options: Mapping[str, str]) -> str | None:
    return None if not value else "; ".join(options.get(one, one) for one in value.split(";"))
