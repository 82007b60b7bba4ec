"""Whether a round reads the CRM: when the account's calls for the day become short, not every one does."""

from __future__ import annotations

from datetime import datetime, timedelta

from connector.day_use import DayUse, Strain
from jobs.database import snapshot
from jobs.ledger import runs
from jobs.settings import Settings
from jobs.wiring import Parts

# While calls are short, every fourth round reads: what was meant for an hour lasts for four.
_STRETCH = 4


def why_not_read(parts: Parts, now: datetime) -> str | None:
    """A sentence where this round rests; everything but reading goes on."""
    use = parts.limits().day()
    if use.strain is not Strain.SHORT:
        return None  # beyond that, the calls themselves are refused
    with snapshot(parts.engine) as connection:
        read_at = runs.mirror_read_at(connection)
    every = stretched(parts.settings)
    if read_at is None or now - read_at >= every:
        return None
    return (
        f"HubSpot: {in_words(use)}. Until the account's midnight it is read every {every.seconds // 60} minutes only; "
        "`mimawari doctor` shows who used the calls."
    )


def stretched(settings: Settings) -> timedelta:
    return timedelta(minutes=settings.file.service.cycle_every_minutes * _STRETCH)


def in_words(use: DayUse) -> str:
    if use.granted is None:
        return f"{use.ours:,} calls today; HubSpot has not said how many there may be"
    return f"{use.spent:,} of the account's {use.granted:,} calls for today are used"
