"""Where a condition is evaluated: the mirror's tables, the contact in question, and the related record within it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Dialect,
    FromClause,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    Text,
    bindparam,
)
from sqlalchemy.types import UserDefinedType

from connector.columns import Instant, RecordId
from connector.mirror.tables import MirrorSchema
from rules.business_calendar import Calendar
from rules.conditions import Condition, Word
from rules.model import RuleSet
from rules.world import World

Rows = Select[*tuple[Any, ...]]
# Contacts to look at: their ids, or a statement that finds them.
Some = Collection[str] | Rows

_temporary = MetaData()

# Who acts as which user of the CRM. `standing` is a number for the roles that the person has.
status_setters = Table(
    "status_setters",
    _temporary,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("owner_id", RecordId, nullable=False),
    Column("standing", Integer, nullable=False),
    prefixes=["TEMPORARY"],
)

# What a contact's versions of the lead status come to. A table of its own, since PostgreSQL joins a query whose size it
# does not know row by row to every contact.
contact_history = Table(
    "contact_history",
    _temporary,
    Column("id", RecordId, primary_key=True, autoincrement=False),
    Column("since", Instant, nullable=False),
    Column("revived_at", Instant),
    Column("is_first", Boolean, nullable=False),
    Column("before", Text),
    Column("value", Text),
    Column("user_id", BigInteger),
    Column("source", Text, nullable=False),
    prefixes=["TEMPORARY"],
)

# One row per live contact, made anew by each examination: what the rules derive from a contact's history.
contact_facts = Table(
    "contact_facts",
    _temporary,
    Column("id", RecordId, primary_key=True, autoincrement=False),
    Column("since", Instant, nullable=False),
    Column("revived_at", Instant),
    Column("cycle_start", Instant, nullable=False),
    Column("round_start", Instant, nullable=False),
    Column("previous_status", Text),
    Column("last_step", String(16), nullable=False),
    Column("set_by", RecordId),
    Column("set_from", Text),  # what the CRM calls the source of the change
    prefixes=["TEMPORARY"],
)

# Which record a picked relation means for each contact.
contact_picks = Table(
    "contact_picks",
    _temporary,
    Column("relation", String(255), primary_key=True),
    Column("contact_id", RecordId, primary_key=True, autoincrement=False),
    Column("record_id", RecordId, nullable=False),
    prefixes=["TEMPORARY"],
)

# When each contact on a list with touches should have been contacted again: the latest of the dates reached.
contact_touches = Table(
    "contact_touches",
    _temporary,
    Column("id", RecordId, primary_key=True, autoincrement=False),
    Column("touch_at", Instant, nullable=False),
    Column("list_name", Text, nullable=False),
    prefixes=["TEMPORARY"],
)

# Whom it is worth deriving anything for when queues are counted.
queue_candidates = Table(
    "queue_candidates",
    _temporary,
    Column("id", RecordId, primary_key=True, autoincrement=False),
    prefixes=["TEMPORARY"],
)

# Keys of persons that more than one contact has: few, where most contacts are nobody's twin.
contact_keys = Table(
    "contact_keys",
    _temporary,
    Column("contact_id", RecordId, primary_key=True, autoincrement=False),
    Column("key", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    prefixes=["TEMPORARY"],
)


@dataclasses.dataclass(frozen=True, slots=True)
class Ground:
    """What every statement is built on."""

    rule_set: RuleSet
    schema: MirrorSchema
    world: World

    def calendar(self, name: str | None) -> Calendar:
        """The one that a rule names, or else the firm's."""
        return self.world.calendar if name is None else self.rule_set.calendars[name]


@dataclasses.dataclass(frozen=True, slots=True)
class Scope:
    """`around` are all tables of the enclosing queries: every inner query correlates to exactly these, since SQLAlchemy
    by itself looks one level up only and would silently join the outer table again.

    `holds` compiles a condition for this scope: a word may be made of conditions, which are made of words.
    `group` restricts related records to those with one value of a word (`per`).
    """

    ground: Ground
    contact: FromClause
    facts: FromClause
    record: FromClause
    object_type: str
    around: tuple[FromClause, ...]
    holds: Callable[[Scope, Condition], ColumnElement[bool]]
    group: tuple[Word, ColumnElement[Any]] | None = None

    def inside(self, record: FromClause, object_type: str, *links: FromClause) -> Scope:
        """The scope of a related record, for what is asked of that record itself."""
        around = (*self.around, record, *links)
        return dataclasses.replace(self, record=record, object_type=object_type, around=around, group=None)

    def of_group(self, per: Word, value: ColumnElement[Any], *tables: FromClause) -> Scope:
        """The contact's scope again, looking only at related records of one group."""
        return dataclasses.replace(self, around=(*self.around, *tables), group=(per, value))


def among(column: ColumnElement[Any], ids: Some) -> ColumnElement[bool]:
    """Ids are written into the statement rather than bound: both databases limit the number of bound values."""
    if isinstance(ids, Select):
        return column.in_(ids)
    return column.bool_op("IN")(bindparam(None, ids, type_=_Ids(), literal_execute=True))


class _Ids(UserDefinedType[Collection[str]]):
    """All at once: SQLAlchemy's own list of values renders each by itself, which takes longer than the query."""

    cache_ok = True

    def literal_processor(self, dialect: Dialect) -> Any:  # noqa: ARG002 - named by SQLAlchemy
        def written(ids: Collection[str]) -> str:
            return f"({', '.join(map(str, sorted(map(int, ids)))) or 'NULL'})"

        return written
