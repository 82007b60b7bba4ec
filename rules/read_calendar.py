"""Reading `calendars`: time zone, weekend, holidays and closures of the firm."""

from __future__ import annotations

import re
from datetime import date, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from holidays.registry import EntityLoader

from rules import shapes
from rules.business_calendar import Calendar, Closure
from rules.mistakes import Mistakes
from rules.yaml_nodes import Entry, MappingNode, Node, ScalarNode

_KEYS = ("time_zone", "weekend", "hours", "holidays", "closures", "closed", "open")
_HOURS = (time(9), time(18))
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_MONTH_DAY = re.compile(r"(\d{1,2})-(\d{1,2})")
_LEAP_YEAR = 2024


def read_calendars(section: Entry, mistakes: Mistakes) -> dict[str, Calendar]:
    """By name, in the order of the file: the first is the one that rules count by unless they name another."""
    found = {entry.key: _calendar(entry, mistakes) for entry in shapes.entries(section, mistakes)}
    if not found:
        mistakes.add(section.place, "no_calendar")
    return found or {section.key: Calendar(ZoneInfo("UTC"), country=None)}


def _calendar(entry: Entry, mistakes: Mistakes) -> Calendar:
    found = shapes.keys(entry, _KEYS, mistakes, required=("time_zone",))
    opens, closes = _hours(found["hours"], mistakes) if "hours" in found else _HOURS
    return Calendar(
        zone=_zone(found["time_zone"], mistakes) if "time_zone" in found else ZoneInfo("UTC"),
        weekend=_weekend(found["weekend"], mistakes) if "weekend" in found else frozenset(),
        country=_country(found["holidays"], mistakes) if "holidays" in found else None,
        closures=_closures(found["closures"], mistakes) if "closures" in found else (),
        closed=_days(found["closed"], mistakes) if "closed" in found else frozenset(),
        open=_days(found["open"], mistakes) if "open" in found else frozenset(),
        opens=opens,
        closes=closes,
    )


def _hours(entry: Entry, mistakes: Mistakes) -> tuple[time, time]:
    """`{from: 09:00, to: 18:00}`."""
    found = shapes.keys(entry, ("from", "to"), mistakes, required=("from", "to"))
    said = [_clock(found[key], mistakes) for key in ("from", "to") if key in found]
    if len(said) != len(_HOURS) or said[0] is None or said[1] is None:
        return _HOURS
    if said[0] >= said[1]:
        mistakes.add(
            entry.value.place, "reversed_bounds", low=said[0].isoformat("minutes"), high=said[1].isoformat("minutes")
        )
        return _HOURS
    return said[0], said[1]


def _clock(entry: Entry, mistakes: Mistakes) -> time | None:
    words = shapes.text(entry, mistakes)
    if words is None or not _CLOCK.fullmatch(words):
        mistakes.add(entry.value.place, "bad_clock", word=words or "")
        return None
    return time.fromisoformat(words)


def _zone(entry: Entry, mistakes: Mistakes) -> ZoneInfo:
    name = shapes.text(entry, mistakes) or "UTC"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        mistakes.add(entry.value.place, "unknown_zone", near=available_timezones(), word=name)
        return ZoneInfo("UTC")


def _weekend(entry: Entry, mistakes: Mistakes) -> frozenset[int]:
    nodes = shapes.texts(entry, mistakes)
    for node in nodes:
        if node.text not in WEEKDAYS:
            mistakes.add(node.place, "expected_choice", near=WEEKDAYS, key=entry.key, word=node.text)
    return frozenset(WEEKDAYS.index(node.text) for node in nodes if node.text in WEEKDAYS)


def _country(entry: Entry, mistakes: Mistakes) -> str | None:
    code = shapes.text(entry, mistakes)
    # The library's own list of countries imports each of them, which takes longer than to read all rule files.
    known = [*EntityLoader.get_country_codes()]
    if code is not None and code not in known:
        mistakes.add(entry.value.place, "unknown_country", near=known, word=code)
        return None
    return code


def _closures(entry: Entry, mistakes: Mistakes) -> tuple[Closure, ...]:
    return tuple(closure for node in shapes.items(entry, mistakes) if (closure := _closure(entry, node, mistakes)))


def _closure(entry: Entry, node: Node, mistakes: Mistakes) -> Closure | None:
    if not isinstance(node, MappingNode):
        mistakes.add(node.place, "expected_mapping", word=entry.key)
        return None
    found = shapes.known_keys(node, node.place, ("from", "to", "name"), mistakes, required=("from", "to"))
    first = _month_day(found["from"], mistakes) if "from" in found else None
    last = _month_day(found["to"], mistakes) if "to" in found else None
    return Closure(first, last) if first and last else None


def _month_day(entry: Entry, mistakes: Mistakes) -> tuple[int, int] | None:
    words = shapes.text(entry, mistakes)
    match = _MONTH_DAY.fullmatch(words or "")
    try:
        if match:
            day = date(_LEAP_YEAR, int(match[1]), int(match[2]))
            return (day.month, day.day)
    except ValueError:
        pass
    if words is not None:
        mistakes.add(entry.value.place, "bad_day", word=words)
    return None


def _days(entry: Entry, mistakes: Mistakes) -> frozenset[date]:
    return frozenset(day for node in shapes.texts(entry, mistakes) if (day := _day(node, mistakes)))


def _day(node: ScalarNode, mistakes: Mistakes) -> date | None:
    try:
        return date.fromisoformat(node.text)
    except ValueError:
        mistakes.add(node.place, "bad_day", word=node.text)
        return None
