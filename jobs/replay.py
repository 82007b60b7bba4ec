"""The mirror as it was at earlier moments: a copy in a database of its own that is moved forward in time.

What the CRM recorded is replayed: when records came and went, every value of properties with history, when deals
closed, when activities happened. Everything else is as it is today; `NOT_RECORDED` says so to people.
"""

from __future__ import annotations

import contextlib
import dataclasses
import tempfile
from collections.abc import Generator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    Table,
    and_,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql import ColumnElement

from connector.columns import Instant
from connector.mirror.schema import ensure_columns
from connector.mirror.tables import MirrorSchema, associations, column_name, metadata, versions
from connector.records import CONTACTS, DEALS, MEETINGS
from jobs.database import open_database, snapshot, writing
from rules.conditions import Word
from rules.model import RuleSet
from rules.text import Text

NOT_RECORDED = Text(
    "履歴が残らない項目（サービス、会社名、ミーティングの結果など）は、現在の値のまま計算しています。",
    "Properties without history (service, company, a meeting's outcome and so on) are taken as they are today.",
)
ACTIVITY_GUESSED = Text(
    "過去の「最後の活動」は、記録に残るミーティングと活動から計算しています。",
    "The last activity at an earlier moment is computed from the meetings and activities that the mirror holds.",
)

_AT_ONCE = 5000


@dataclasses.dataclass(slots=True)
class Replay:
    """`original` holds every record's own times and versions; the tables that rules read show one moment of them."""

    engine: Engine
    schema: MirrorSchema
    rule_set: RuleSet
    kinds: Sequence[str]

    def move_to(self, moment: datetime) -> None:
        """Show the mirror as it was then. Any order of moments will do; each is computed anew from the originals."""
        with writing(self.engine) as connection:
            for kind in self.kinds:
                self._show_living(connection, kind, moment)
            self._show_versions(connection, moment)
            self._show_deals(connection, moment)
            self._show_inquiry(connection, moment)
            self._show_activity(connection, moment)

    def _show_living(self, connection: Connection, kind: str, moment: datetime) -> None:
        """A record that was not there yet is shown as archived, which is nothing to every rule."""
        table, original = self.schema.table(kind), _original(self.schema.table(kind))
        there = and_(
            original.c.created_at <= _at(moment),
            or_(original.c.archived_at.is_(None), original.c.archived_at > _at(moment)),
        )
        living = select(original.c.id).where(there)
        # Whoever is merged away today was a record of its own until then.
        connection.execute(update(table).values(archived_at=_at(moment), merged_into=None))
        connection.execute(update(table).values(archived_at=None).where(table.c.id.in_(living)))

    def _show_versions(self, connection: Connection, moment: datetime) -> None:
        original = _original(versions)
        connection.execute(delete(versions))
        known = select(original).where(original.c.at <= _at(moment))
        connection.execute(insert(versions).from_select([column.name for column in versions.c], known))
        kept = connection.execute(select(original.c.object_type, original.c.property).distinct()).all()
        for kind, name in kept:
            if kind in self.kinds and name in self.schema.kinds[kind]:
                self._show_value(connection, kind, name)

    def _show_value(self, connection: Connection, kind: str, name: str) -> None:
        """The value at that moment; a record whose CRM tells no history keeps today's."""
        table, original = self.schema.table(kind), _original(versions)
        here = and_(versions.c.object_type == kind, versions.c.property == name, versions.c.object_id == table.c.id)
        value = (
            select(func.nullif(versions.c.value, "")).where(here).order_by(versions.c.position.desc()).limit(1)
        ).scalar_subquery()
        told = select(original.c.object_id).where(original.c.object_type == kind, original.c.property == name)
        path = f'$."{name}"'
        connection.execute(
            update(table)
            .where(table.c.id.in_(told))
            .values({column_name(name): value, "properties": func.json_set(table.c.properties, path, value)})
        )

    def _show_deals(self, connection: Connection, moment: datetime) -> None:
        closed_at, is_closed, is_won = (self._column(DEALS, name) for name in ("closed_at", "is_closed", "is_won"))
        if closed_at is None or is_closed is None:
            return
        table, original = self.schema.table(DEALS), _original(self.schema.table(DEALS))
        for column in (one for one in (is_closed, is_won) if one is not None):
            own = select(original.c[column.name]).where(original.c.id == table.c.id).scalar_subquery()
            connection.execute(update(table).values({column.name: own}))
            connection.execute(update(table).where(closed_at > _at(moment)).values({column.name: literal("false")}))

    def _show_inquiry(self, connection: Connection, moment: datetime) -> None:
        column = self._column(CONTACTS, "inquiry_date")
        if column is not None:
            self._show_past(connection, column, moment)

    def _show_activity(self, connection: Connection, moment: datetime) -> None:
        """The latest meeting or activity up to then, where today's last activity is later."""
        column = self._column(CONTACTS, "last_activity_at")
        if column is None:
            return
        table = self.schema.table(CONTACTS)
        self._show_past(connection, column, moment)
        times = [
            time for kind, name in _ACTIVITIES if (time := self._activity_times(table, kind, name, moment)) is not None
        ]
        if times:
            latest = times[0] if len(times) == 1 else func.max(*(func.coalesce(one, _LONG_AGO) for one in times))
            connection.execute(
                update(table).where(column.is_(None)).values({column.name: func.nullif(latest, _LONG_AGO)})
            )

    def _activity_times(self, contact: Table, kind: str, word: str, moment: datetime) -> ColumnElement[Any] | None:
        column = self._column(kind, word) if kind in self.kinds else None
        if column is None:
            return None
        link = associations.alias()
        return (
            select(func.max(column))
            .select_from(link.join(self.schema.table(kind), self.schema.table(kind).c.id == link.c.to_id))
            .where(
                link.c.from_type == CONTACTS,
                link.c.from_id == contact.c.id,
                link.c.to_type == kind,
                column <= _at(moment),
            )
            .scalar_subquery()
        )

    def _show_past(self, connection: Connection, column: Column[Any], moment: datetime) -> None:
        """Today's value where it is not later than the moment."""
        table, original = self.schema.table(CONTACTS), _original(self.schema.table(CONTACTS))
        value = original.c[column.name]
        known = select(value).where(original.c.id == table.c.id, value <= _at(moment)).scalar_subquery()
        connection.execute(update(table).values({column.name: known}))

    def _column(self, kind: str, word: str) -> Column[Any] | None:
        """The typed column behind a standard word; None where no rule reads it."""
        found: Word | None = self.rule_set.words.get(kind, {}).get(word)
        if found is None or found.property is None or found.property not in self.schema.kinds[kind]:
            return None
        return self.schema.column(kind, found.property)


# When a contact was last spoken to: meetings, and of the other kinds those that the mirror holds.
_ACTIVITIES = ((MEETINGS, "starts_at"), ("calls", "at"), ("emails", "at"))
_LONG_AGO = literal(0)


def _at(moment: datetime) -> ColumnElement[Any]:
    return literal(moment, Instant())


def _original(table: Table) -> Table:
    """The copy of a table that replaying leaves alone."""
    return table.to_metadata(MetaData(), name=f"original_{table.name}")


@contextlib.contextmanager
def replaying(source: Engine, schema: MirrorSchema, rule_set: RuleSet) -> Generator[Replay]:
    """A replay of what `source` has mirrored, in a temporary file that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="mimawari-replay-") as folder:
        engine = open_database(f"sqlite:///{folder}/replay.db")
        try:
            ensure_columns(engine, schema)
            kinds = _copy(source, engine, schema)
            yield Replay(engine, schema, rule_set, kinds)
        finally:
            engine.dispose()


def _copy(source: Engine, target: Engine, schema: MirrorSchema) -> list[str]:
    kinds = list(schema.tables)
    tables = [*(schema.table(kind) for kind in kinds), *metadata.sorted_tables]
    with snapshot(source) as reading, writing(target) as into:
        for table in tables:
            into.execute(delete(table))
            rows = reading.execute(select(table).execution_options(yield_per=_AT_ONCE)).mappings()
            for some in rows.partitions():
                into.execute(insert(table), [dict(row) for row in some])
        for table in (*(schema.table(kind) for kind in kinds), versions):
            original = _original(table)
            into.execute(CreateTable(original))  # without indexes, whose names are taken
            into.execute(insert(original).from_select([c.name for c in table.c], select(table)))
    return kinds
