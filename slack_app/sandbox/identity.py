"""How ids, timestamps, hashes and secrets of the stand-in are made."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MICRO = 1_000_000


class Mint:
    """Makes ids that rise within one run, and `ts` values that are unique and rising per channel."""

    def __init__(self) -> None:
        self._count = 0
        self._last_ts: dict[str, int] = {}

    def make_id(self, prefix: str) -> str:
        """Like `C0AB12CD34E`: the prefix, eight random characters, then a number that rises."""
        self._count += 1
        scatter = "".join(secrets.choice(_ALPHABET) for _ in range(6))
        return f"{prefix}0{scatter}{self._count:04X}"

    def make_ts(self, channel: str, now: datetime) -> str:
        # A clock that was set back must not produce a ts at or below an earlier one: Slack orders a channel by ts.
        micros = max(int(now.timestamp() * _MICRO), self._last_ts.get(channel, 0) + 1)
        self._last_ts[channel] = micros
        return ts_of(micros)


def ts_of(micros: int) -> str:
    return f"{micros // _MICRO}.{micros % _MICRO:06d}"


def micros_of(ts: str) -> int | None:
    """The microseconds a `ts` stands for, or None where it is no timestamp."""
    seconds, _, fraction = ts.partition(".")
    if not seconds.isdecimal() or (fraction and not fraction.isdecimal()):
        return None
    return int(seconds) * _MICRO + int((fraction + "000000")[:6])


def make_hash(now: datetime) -> str:
    return f"{int(now.timestamp())}.{secrets.token_hex(4)}"


def make_block_id() -> str:
    return secrets.token_urlsafe(4)[:5]


def make_secret(length: int = 24) -> str:
    return secrets.token_hex(length // 2)
