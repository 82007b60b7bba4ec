"""What time it is: the system's clock, a fixed instant, or a stand-in's clock. The only place that asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import urlsplit

from jobs.errors import SettingsWrong

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


def read_instant(text: str, where: str) -> datetime:
    """An ISO 8601 instant with a zone. SettingsWrong names `where` it came from when it is none."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise SettingsWrong(
            f"{where}: {text!r} is no point in time. Write it like 2026-11-24T09:30:00+09:00."
        ) from error
    if instant.tzinfo is None:
        example = instant.replace(tzinfo=timezone(timedelta(hours=9))).isoformat()
        raise SettingsWrong(f"{where}: {text!r} has no time zone. Write it with one, as in {example}.")
    return instant


def clock_from(text: str | None, *, loopback_only: bool) -> Clock:
    """The clock that MIMAWARI_NOW names; the system's without it, or where the servers are not on this machine.

    A false clock must not reach a real portal: reminders would go out at the wrong hour.
    """
    if not text or not loopback_only:
        return system_clock
    if text.startswith(("http://", "https://")):
        return _clock_at(text)
    fixed = read_instant(text, "MIMAWARI_NOW")
    return lambda: fixed


def _clock_at(address: str) -> Clock:
    if not is_loopback(address):
        raise SettingsWrong(f"MIMAWARI_NOW: {address} is not on this machine. Only a stand-in's clock can be used.")
    url = address.rstrip("/")
    if url.endswith("/_control"):
        url += "/clock"
    # Only for a stand-in's clock, which no command asks that works on a real portal.
    import httpx  # noqa: PLC0415

    def ask() -> datetime:
        try:
            # Loading the world's certificates, which this machine does not show itself, takes longer than the question.
            response = httpx.get(url, timeout=5, trust_env=False, verify=False)  # noqa: S501 - see above
            answer = response.raise_for_status().json()
            return read_instant(str(answer["now"]), "MIMAWARI_NOW")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
            raise SettingsWrong(
                f"MIMAWARI_NOW: no clock answers at {url} ({error.__class__.__name__}). "
                "Start the stand-in, or give an instant such as 2026-11-24T09:30:00+09:00."
            ) from error

    return ask


def is_loopback(address: str) -> bool:
    try:
        return urlsplit(address).hostname in {"127.0.0.1", "localhost", "::1"}
    except ValueError:  # a bracket that is not closed
        return False
