"""Statements that were compiled for the database of one test and serve all others of its kind."""

from __future__ import annotations

from sqlalchemy import Engine

_first: dict[str, Engine] = {}


def share_statements(engine: Engine) -> Engine:
    """The same engine. To compile statements anew for each test's own database takes a third of most tests' time.

    SQLAlchemy keeps what it compiled for each engine, and knows it by the engine's dialect.
    """
    first = _first.setdefault(engine.dialect.name, engine)
    engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
    return engine
