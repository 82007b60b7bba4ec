"""The rule sets that were in use, and what people were told about the rules themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from jobs.ledger.tables import rule_news, rule_sets

BROKEN, CHANGED, OVER_CAP = "broken", "changed", "over_cap"
# About the portal's properties: one that no longer fits, and options that came.
DRIFT, OPTIONS = "drift", "options"


def adopt(connection: Connection, version: str, files: Mapping[str, bytes], now: datetime) -> None:
    """Remember the set that is in use from now on, files included: should they break, it can be read again."""
    texts = {name: content.decode("utf-8", "surrogateescape") for name, content in sorted(files.items())}
    connection.execute(insert(rule_sets).values(version=version, adopted_at=now, files=texts))


def last(connection: Connection) -> Row[Any] | None:
    """The set that was adopted last, the good one: `version`, `adopted_at`, and `files` for `files_of`."""
    return connection.execute(select(rule_sets).order_by(rule_sets.c.id.desc()).limit(1)).first()


def files_of(row: Row[Any]) -> dict[str, bytes]:
    return {name: text.encode("utf-8", "surrogateescape") for name, text in row.files.items()}


def tell(connection: Connection, kind: str, subject: str, detail: Mapping[str, Any], now: datetime) -> int | None:
    """News for the admins; None where the newest news of its kind says the same and still stands."""
    before = newest(connection, kind)
    if before is not None and before.subject == subject and before.mended_at is None:
        return None
    return add(connection, kind, subject, detail, now)


def add(connection: Connection, kind: str, subject: str, detail: Mapping[str, Any], now: datetime) -> int:
    made = insert(rule_news).values(kind=kind, subject=subject, at=now, detail=dict(detail)).returning(rule_news.c.id)
    return int(connection.execute(made).scalar_one())


def newest(connection: Connection, kind: str) -> Row[Any] | None:
    """The last news of a kind."""
    return connection.execute(
        select(rule_news).where(rule_news.c.kind == kind).order_by(rule_news.c.id.desc()).limit(1)
    ).first()


def unmended(connection: Connection, kind: str) -> list[Row[Any]]:
    """What was said of this kind and still stands."""
    return list(connection.execute(select(rule_news).where(rule_news.c.kind == kind, rule_news.c.mended_at.is_(None))))


def since(connection: Connection, kind: str, then: datetime) -> list[Row[Any]]:
    return list(connection.execute(select(rule_news).where(rule_news.c.kind == kind, rule_news.c.at >= then)))


def mend(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> None:
    """What was said there is over: the files can be read again, the rule keeps within its cap."""
    if rows:
        ids = [row.id for row in rows]
        connection.execute(update(rule_news).where(rule_news.c.id.in_(ids)).values(mended_at=now))


def news(connection: Connection, news_id: int) -> Row[Any] | None:
    return connection.execute(select(rule_news).where(rule_news.c.id == news_id)).first()
