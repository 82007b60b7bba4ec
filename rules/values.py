"""What a word is worth in SQL: a column of the mirror, or what is derived from several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, case, false, func, literal, or_, select

from connector.columns import Instant
from connector.mirror.tables import column_name, versions
from connector.records import CONTACTS, DEALS, MEETINGS
from rules.conditions import Word
from rules.history import changes_of
from rules.points import total, within_bounds
from rules.scope import Scope, contact_touches
from rules.words import stored_as

_FACTS: Mapping[str, str] = {
    "status_since": "since",
    "revived_at": "revived_at",
    "cycle_start": "cycle_start",
    "round_start": "round_start",
    "previous_status": "previous_status",
    "last_step": "last_step",
    "status_set_by": "set_by",
}


def value(scope: Scope, word: Word) -> ColumnElement[Any]:
    """The word's value for the record of the scope, or for its contact where the word is a contact's."""
    if word.points is not None:
        return within_bounds(total(scope, word.points), word.points)
    derived = _DERIVED.get((word.object_type, word.name))
    if derived is not None:
        return derived(scope)
    if word.name == "record_created_at" and word.property is None:
        return _table(scope, word.object_type).c.created_at
    if word.object_type == CONTACTS and word.property is None and word.name in _FACTS:
        return scope.facts.c[_FACTS[word.name]]
    column = _column(scope, word)
    return case((column <= literal(scope.ground.world.now, Instant()), column)) if word.not_ahead else column


def is_derived(word: Word) -> bool:
    """Whether its value is made of other properties too, or of a history."""
    return word.points is not None or word.property is None or (word.object_type, word.name) in _DERIVED


def contains(values: ColumnElement[Any], item: ColumnElement[Any] | str) -> ColumnElement[bool]:
    """Whether a multi-value has an item. Not LIKE: SQLite's LIKE takes `a` for `A`."""
    framed = f";{item};" if isinstance(item, str) else literal(";") + item + literal(";")
    return func.replace(values, framed, "") != values


def known_items(scope: Scope, word: Word) -> ColumnElement[bool]:
    """Whether a multi-value has at least one item that counts."""
    column = value(scope, word)
    if not word.only_options:
        return column.is_not(None)
    return or_(false(), *(contains(column, option.value) for option in word.options))


def joined_items(items: Iterable[str]) -> str:
    """As the mirror keeps a multi-value: sorted and without doubles, so that equal sets are equal texts."""
    return f";{';'.join(sorted(set(items)))};"


def exact_value(scope: Scope, word: Word) -> ColumnElement[Any]:
    """A multi-value of the items that count, for comparing it as a whole."""
    column = value(scope, word)
    if not word.only_options:
        return column
    items = sorted({option.value for option in word.options})
    framed: ColumnElement[Any] = literal(";")
    for item in items:
        framed = framed + case((contains(column, item), f"{item};"), else_="")
    return func.nullif(framed, ";")


def normalised_value(scope: Scope, word: Word) -> ColumnElement[Any]:
    """A text without regard to width and case: a column of the mirror, since no database can fold widths."""
    if word.property is None:
        return value(scope, word)
    column = scope.ground.schema.searched_column(stored_as(word.object_type), word.property)
    return _table(scope, word.object_type).c[column.name]


def since(scope: Scope, word: Word) -> ColumnElement[Any]:
    """When the word's property last changed; where it never did, when the record was made. Never missing."""
    if (word.object_type, word.property) == (CONTACTS, scope.ground.rule_set.vocabulary.property):
        return scope.facts.c.since
    record = _table(scope, word.object_type)
    changed = changes_of(word.object_type, word.property or "")
    last = (
        select(func.max(changed.now.c.at))
        .select_from(changed.source)
        .where(changed.now.c.object_id == record.c.id, *changed.where)
        .correlate(*scope.around)
        .scalar_subquery()
    )
    return func.coalesce(last, record.c.created_at)


def was(scope: Scope, word: Word, values: Iterable[str]) -> ColumnElement[bool]:
    """Whether the word's property had one of the values in any version that is kept."""
    return (
        select(versions.c.value)
        .where(
            versions.c.object_type == word.object_type,
            versions.c.object_id == _table(scope, word.object_type).c.id,
            versions.c.property == word.property,
            versions.c.value.in_([*values]),
        )
        .correlate(*scope.around)
        .exists()
    )


def _table(scope: Scope, object_type: str) -> Any:
    return scope.contact if object_type == CONTACTS else scope.record


def _column(scope: Scope, word: Word) -> ColumnElement[Any]:
    if word.property is None:
        raise KeyError(f"Nothing says how the word {word.name!r} is derived.")
    return _table(scope, word.object_type).c[column_name(word.property)]


def _standard(scope: Scope, object_type: str, name: str) -> ColumnElement[Any]:
    return _column(scope, scope.ground.rule_set.words[object_type][name])


def _first_of(object_type: str, names: Iterable[str]) -> Callable[[Scope], ColumnElement[Any]]:
    def derive(scope: Scope) -> ColumnElement[Any]:
        return func.coalesce(*(_standard(scope, object_type, name) for name in names))

    return derive


def _touch(name: str) -> Callable[[Scope], ColumnElement[Any]]:
    """Of the list whose touch was reached last; an activity answers that of all lists."""

    def derive(scope: Scope) -> ColumnElement[Any]:
        touches = contact_touches.alias()
        mine = select(touches.c[name]).where(touches.c.id == scope.contact.c.id)
        return mine.correlate(*scope.around).scalar_subquery()

    return derive


def _state(scope: Scope) -> ColumnElement[Any]:
    closed = func.coalesce(_standard(scope, DEALS, "is_closed"), "") == "true"
    won = func.coalesce(_standard(scope, DEALS, "is_won"), "") == "true"
    return case((~closed, "open"), (won, "won"), else_="lost")


def _same_service(scope: Scope) -> ColumnElement[Any]:
    """Also where the deal has no service, or the contact no known one."""
    services = scope.ground.rule_set.words[CONTACTS]["services"]
    asked_about = _column(scope, services)
    service = _standard(scope, DEALS, "service")
    options = [option.value for option in services.options]
    same = service.in_(options) & contains(asked_about, service)
    return case((service.is_(None), "true"), (~known(scope, services), "true"), (same, "true"), else_="false")


def known(scope: Scope, word: Word) -> ColumnElement[bool]:
    """Whether the word has a value; true or false, never NULL."""
    if word.only_options:
        return func.coalesce(known_items(scope, word), false())
    return value(scope, word).is_not(None)


_DERIVED: Mapping[tuple[str, str], Callable[[Scope], ColumnElement[Any]]] = {
    (CONTACTS, "touch_at"): _touch("touch_at"),
    (CONTACTS, "touch_list"): _touch("list_name"),
    (DEALS, "state"): _state,
    (DEALS, "same_service"): _same_service,
    (DEALS, "closed_at"): _first_of(DEALS, ("closed_at", "created_at")),
    (MEETINGS, "ends_at"): _first_of(MEETINGS, ("ends_at", "starts_at")),
}
