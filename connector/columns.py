"""Column types that mean the same on SQLite and on PostgreSQL: instants, and the CRM's record ids."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_milliseconds(instant: datetime) -> int:
    """Milliseconds since 1970, rounded down. The CRM keeps no finer time."""
    delta = instant - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


def from_milliseconds(value: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=value)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as whole milliseconds since 1970 in UTC.

    A naive datetime is refused by the subtraction in `to_milliseconds`.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:  # noqa: ARG002 - named by SQLAlchemy
        return None if value is None else to_milliseconds(value)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:  # noqa: ARG002 - named by SQLAlchemy
        return None if value is None else from_milliseconds(value)


class RecordId(TypeDecorator[str]):
    """A CRM id: text everywhere in the program, a number in the database, so that 9 comes before 10."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> int | None:  # noqa: ARG002 - named by SQLAlchemy
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Any) -> str | None:  # noqa: ARG002 - named by SQLAlchemy
        return None if value is None else str(value)
