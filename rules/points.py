"""What points come to in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, case, cast, literal

from rules.conditions import Points
from rules.scope import Scope


def total(scope: Scope, points: Points) -> ColumnElement[Any]:
    """The plain sum. Every point is one CASE, so whoever needs it twice selects it once and asks the result."""
    found: ColumnElement[Any] = literal(0, Integer)
    for point in points.items:
        found += case((scope.holds(scope, point.when), literal(point.add, Integer)), else_=literal(0, Integer))
    return cast(found, Integer)


def within_bounds(sum_of: ColumnElement[Any], points: Points) -> ColumnElement[Any]:
    """The sum, kept within the bounds; asked of a selected column it costs nothing."""
    outside: list[tuple[Any, Any]] = []
    if points.at_least is not None:
        outside.append((sum_of < points.at_least, literal(points.at_least, Integer)))
    if points.at_most is not None:
        outside.append((sum_of > points.at_most, literal(points.at_most, Integer)))
    return case(*outside, else_=sum_of) if outside else sum_of
