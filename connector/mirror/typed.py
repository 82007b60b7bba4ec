"""The CRM's text as a value that a database can compare or search. Text that means nothing in its kind becomes None."""

from __future__ import annotations

import dataclasses
import math
import unicodedata
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any

from connector.columns import from_milliseconds
from connector.mirror.tables import column_name, searched_column_name
from connector.records import Kind

Parser = Callable[[str], Any]

_FIRST_MILLISECOND = -62_135_596_800_000  # the beginning of the year 1
_LAST_MILLISECOND = 253_402_300_799_999  # the end of the year 9999


def typed(kind: Kind, text: str | None) -> Any:
    return PARSERS[kind](text) if text else None


@dataclasses.dataclass(frozen=True, slots=True)
class Computed:
    """A column whose value is computed from the text of one property."""

    column: str
    property: str
    parse: Parser

    def value(self, properties: Mapping[str, str | None]) -> Any:
        text = properties.get(self.property)
        return self.parse(text) if text else None


def computed_columns(kinds: Mapping[str, Kind], searched: Collection[str]) -> list[Computed]:
    """Those of a record table made for these properties."""
    return [
        *(Computed(column_name(name), name, PARSERS[kind]) for name, kind in kinds.items()),
        *(Computed(searched_column_name(name), name, normalised) for name in searched),
    ]


def normalised(text: str) -> str:
    """Full and half width, upper and lower case make no difference: `ﾔﾏﾀﾞ Ａ` is `ヤマダ a`.

    Neither database can do this by itself, so what is searched for and what is searched both go through here.
    """
    return unicodedata.normalize("NFKC", text).lower()


def _text(text: str) -> str:
    return text


def _multi(text: str) -> str | None:
    """`;A;B;`, sorted: equal sets are equal texts, and one value is found as `;A;`."""
    values = sorted({value for value in text.split(";") if value})
    return f";{';'.join(values)};" if values else None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _instant(text: str) -> datetime | None:
    """ISO 8601 with or without fraction (no zone means UTC), or milliseconds since 1970."""
    if _is_whole(text):
        return _from_epoch(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and text.isascii()


def _from_epoch(text: str) -> datetime | None:
    milliseconds = int(text) if len(text) < 19 else _LAST_MILLISECOND + 1
    return from_milliseconds(milliseconds) if _FIRST_MILLISECOND <= milliseconds <= _LAST_MILLISECOND else None


def _date(text: str) -> str | None:
    if _is_whole(text):
        # The CRM keeps a date as the midnight of UTC.
        found = _from_epoch(text)
        return found.date().isoformat() if found else None
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return None


def _owner(text: str) -> str | None:
    return text if text.isascii() and text.isdecimal() and len(text) < 19 else None


PARSERS: Mapping[Kind, Parser] = {
    Kind.TEXT: _text,
    Kind.CHOICE: _text,
    Kind.MULTI: _multi,
    Kind.NUMBER: _number,
    Kind.INSTANT: _instant,
    Kind.DATE: _date,
    Kind.OWNER: _owner,
}
