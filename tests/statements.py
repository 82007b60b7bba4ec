"""Statements that were compiled for the database of one test and serve all others of its kind."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

# What the conditions of one process come to; the oldest give way.
_KEPT_STATEMENTS = 3000
_first: dict[tuple[str, Any], Engine] = {}


def share_statements(engine: Engine) -> Engine:
    """The same engine. To compile statements anew for each test's own database takes a third of most tests' time.

    SQLAlchemy keeps what it compiled for each engine, and knows it by the engine's dialect.
    """
    dialect: Any = engine.dialect
    first = _first.setdefault((dialect.name, dialect._json_serializer), engine)
    assert first._compiled_cache is not None
    first._compiled_cache.capacity = _KEPT_STATEMENTS
    engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
    return engine
