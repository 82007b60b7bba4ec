"""The changes of a property, out of all versions that the CRM keeps of it; and of which properties it is asked."""

from __future__ import annotations

import dataclasses
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func

from connector.mirror.tables import versions
from connector.records import CONTACTS
from rules.scope import Ground


@dataclasses.dataclass(frozen=True, slots=True)
class Changes:
    """Each change (`now`) beside the version it replaced (`before`, all NULL for the first)."""

    now: FromClause
    before: FromClause
    source: FromClause
    where: tuple[ColumnElement[bool], ...]


def status_changes(ground: Ground) -> Changes:
    return changes_of(CONTACTS, ground.rule_set.vocabulary.property)


def changes_of(object_type: str, property_name: str) -> Changes:
    """Versions equal to the one before are no change; missing and empty text are the same. Positions have no gaps."""
    now, before = versions.alias("now"), versions.alias("before")
    same = and_(
        before.c.object_type == now.c.object_type,
        before.c.object_id == now.c.object_id,
        before.c.property == now.c.property,
        before.c.position == now.c.position - 1,
    )
    differs = _said(now).is_distinct_from(_said(before))
    where = (
        now.c.object_type == object_type,
        now.c.property == property_name,
        before.c.position.is_(None) | differs,
    )
    return Changes(now, before, now.outerjoin(before, same), where)


def _said(version: FromClause) -> ColumnElement[Any]:
    return func.nullif(version.c.value, "")
