"""The portal's properties as they fitted the rules last, and what does not fit about them now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select, tuple_, update

from connector.mirror.statements import upsert
from connector.records import CONTACTS, Option, PropertyDefinition
from jobs.ledger.tables import known_properties as table
from rules.drift import Change, Known, Misfit, cause
from rules.text import Text

# Object type and name.
Key = tuple[str, str]


def read(connection: Connection) -> dict[Key, Known]:
    return {_key(row): Known(_definition(row), row.claim) for row in connection.execute(select(table))}


def misfitting(connection: Connection) -> dict[Key, tuple[Misfit, ...]]:
    rows = connection.execute(select(table).where(table.c.misfits.is_not(None)))
    return {_key(row): tuple(Misfit(Change(one[0]), *one[1:]) for one in row.misfits) for row in rows}


def stopped(connection: Connection) -> dict[str, Text]:
    """The properties of contacts that nothing may be written to now, each with the reason."""
    found = misfitting(connection)
    written = select(table.c.name).where(table.c.object_type == CONTACTS, table.c.claim.is_not(None))
    names = connection.execute(written.where(table.c.misfits.is_not(None))).scalars()
    return {name: cause(name, found[CONTACTS, name]) for name in names}


def keep(connection: Connection, known: Known) -> None:
    """The property fits as it is defined here."""
    one = known.definition
    row = {
        "object_type": one.object_type,
        "name": one.name,
        "label": one.label,
        "type": one.type,
        "field_type": one.field_type,
        "options": [[option.value, option.label, option.hidden] for option in one.options],
        "referenced_type": one.referenced_type,
        "claim": known.claim,
        "misfits": None,
    }
    connection.execute(upsert(connection, table), row)


def note(connection: Connection, key: Key, found: Sequence[Misfit]) -> None:
    """The definition that fitted last stays."""
    told = [[one.change.value, one.value, one.before, one.after] for one in found]
    this = (table.c.object_type == key[0], table.c.name == key[1])
    connection.execute(update(table).where(*this).values(misfits=told))


def forget(connection: Connection, keys: Collection[Key]) -> None:
    if keys:
        connection.execute(delete(table).where(tuple_(table.c.object_type, table.c.name).in_(list(keys))))


def _key(row: Row[Any]) -> Key:
    return row.object_type, row.name


def _definition(row: Row[Any]) -> PropertyDefinition:
    options = tuple(Option(*one) for one in row.options)
    return PropertyDefinition(
        row.object_type, row.name, row.label, row.type, row.field_type, options, row.referenced_type
    )
