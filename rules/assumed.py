"""A contact as if some of its properties had other values, to ask the rules about it; the mirror stays as it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Executable, MetaData, Table, insert, or_, select, update

from connector.mirror.typed import computed_columns
from connector.records import CONTACTS
from rules.conditions import Condition
from rules.derive import derive, made_anew
from rules.predicates import contact_scope, holds
from rules.reach import widened
from rules.scope import Ground, Rows, among


class Assumption:
    """One contact and another table of contacts: a temporary one, holding the contact and those others that rules may
    compare it with. What fills the tables is built once for each moment: to build it takes longer than to run it.
    """

    def __init__(self, ground: Ground, contact_id: str) -> None:
        columns = [
            Column[Any](one.name, one.type, primary_key=one.primary_key, autoincrement=False)
            for one in ground.schema.table(CONTACTS).c
        ]
        self._table = Table("assumed_contacts", MetaData(), *columns, prefixes=["TEMPORARY"])
        tables = {**ground.schema.tables, CONTACTS: self._table}
        self._mirror, self._contact_id = ground.schema, contact_id
        self._ground = dataclasses.replace(ground, schema=dataclasses.replace(ground.schema, tables=tables))
        self._derived: dict[datetime, list[Executable]] = {}

    def statements(self, now: datetime, values: Mapping[str, str | None]) -> list[Executable]:
        """To run in order; then `asked` tells whether a condition holds for the contact with these values of properties.

        The keys by which twins are found stay those of the contact as it is.
        """
        table, contact = self._table, self._mirror.table(CONTACTS)
        wanted = or_(
            among(contact.c.id, [self._contact_id]),
            *(contact.c.id.in_(one) for one in widened(self._ground.rule_set, [self._contact_id])),
        )
        computed = computed_columns(self._mirror.kinds[CONTACTS], self._mirror.searched[CONTACTS])
        columns = {one.column: one.value(values) for one in computed if one.property in values}
        return [
            *made_anew(table),
            insert(table).from_select([*table.c.keys()], select(contact).where(wanted)),
            *([update(table).where(among(table.c.id, [self._contact_id])).values(columns)] if columns else ()),
            *self._derivation(now),
        ]

    def _derivation(self, now: datetime) -> list[Executable]:
        if now not in self._derived:
            ground = self._at(now)
            self._derived[now] = derive(ground.rule_set, ground.schema, ground.world, only=[self._contact_id])
        return self._derived[now]

    def asked(self, now: datetime, condition: Condition) -> Rows:
        """A row where it holds."""
        scope = contact_scope(self._at(now))
        joined = scope.facts.join(scope.contact, scope.contact.c.id == scope.facts.c.id)
        return select(scope.facts.c.id).select_from(joined).where(holds(scope, condition))

    def _at(self, now: datetime) -> Ground:
        return dataclasses.replace(self._ground, world=dataclasses.replace(self._ground.world, now=now))
