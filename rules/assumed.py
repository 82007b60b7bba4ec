"""A contact as if some of its properties had other values, to ask the rules about it; the mirror stays as it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Executable, MetaData, Table, insert, or_, select, update

from connector.mirror.tables import MirrorSchema
from connector.mirror.typed import computed_columns
from connector.records import CONTACTS
from rules.conditions import Condition
from rules.derive import derive, made_anew
from rules.model import RuleSet
from rules.predicates import contact_scope, holds
from rules.reach import widened
from rules.scope import Ground, Rows, among
from rules.world import World


@dataclasses.dataclass(frozen=True, slots=True)
class Assumption:
    """`schema` is the mirror's with another table of contacts: a temporary one, holding the contact and those others
    that rules may compare it with.
    """

    mirror: MirrorSchema
    schema: MirrorSchema

    @classmethod
    def on(cls, mirror: MirrorSchema) -> Assumption:
        columns = [
            Column[Any](one.name, one.type, primary_key=one.primary_key, autoincrement=False)
            for one in mirror.table(CONTACTS).c
        ]
        table = Table("assumed_contacts", MetaData(), *columns, prefixes=["TEMPORARY"])
        return cls(mirror, dataclasses.replace(mirror, tables={**mirror.tables, CONTACTS: table}))

    def statements(
        self, rule_set: RuleSet, world: World, contact_id: str, values: Mapping[str, str | None]
    ) -> list[Executable]:
        """To run in order; then `asked` tells whether a condition holds for the contact with these values of properties.

        The keys by which twins are found stay those of the contact as it is.
        """
        table, contact = self.schema.table(CONTACTS), self.mirror.table(CONTACTS)
        wanted = or_(
            among(contact.c.id, [contact_id]), *(contact.c.id.in_(one) for one in widened(rule_set, [contact_id]))
        )
        computed = computed_columns(self.mirror.kinds[CONTACTS], self.mirror.searched[CONTACTS])
        columns = {one.column: one.value(values) for one in computed if one.property in values}
        return [
            *made_anew(table),
            insert(table).from_select([*table.c.keys()], select(contact).where(wanted)),
            *([update(table).where(among(table.c.id, [contact_id])).values(columns)] if columns else ()),
            *derive(rule_set, self.schema, world, only=[contact_id]),
        ]

    def asked(self, rule_set: RuleSet, world: World, condition: Condition) -> Rows:
        """A row where it holds."""
        scope = contact_scope(Ground(rule_set, self.schema, world))
        joined = scope.facts.join(scope.contact, scope.contact.c.id == scope.facts.c.id)
        return select(scope.facts.c.id).select_from(joined).where(holds(scope, condition))
