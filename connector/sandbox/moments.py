"""How HubSpot writes and reads points in time: ISO 8601 in UTC or milliseconds since 1970, in whole milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_millisecond(moment: datetime) -> datetime:
    """Finer time is cut off."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def to_ms(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def iso(moment: datetime) -> str:
    """Milliseconds, but no fraction where it is zero."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
    return f"{text.removesuffix('.000')}Z"


def parse_moment(text: str) -> datetime | None:
    """ISO 8601 (UTC where no zone is given) or milliseconds since 1970; None for anything else."""
    try:
        if text.isascii() and text.removeprefix("-").isdigit():
            return _EPOCH + timedelta(milliseconds=int(text))
        moment = datetime.fromisoformat(text)
        return to_millisecond(moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def epoch_ms(text: str) -> int | None:
    moment = parse_moment(text)
    return None if moment is None else to_ms(moment)
