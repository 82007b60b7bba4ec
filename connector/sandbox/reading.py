"""How a record's text is read: what counts as missing, as an instant, as an id, and what is linked to what."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import cast

from connector.sandbox.state import Portal, StoredObject

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A local date is asked of every instant, so the first and the last day of the calendar are no instants here.
_EARLIEST = datetime(1, 1, 3, tzinfo=UTC)
_LATEST = datetime(9999, 12, 29, tzinfo=UTC)


def value(record: StoredObject, name: str) -> str | None:
    """Absent, null and empty text are all missing."""
    return record.properties.get(name) or None


def instant(record: StoredObject, name: str) -> datetime | None:
    return parse_instant(value(record, name))


def parse_instant(text: str | None) -> datetime | None:
    """ISO 8601 or milliseconds since 1970; anything else is missing. The CRM keeps whole milliseconds."""
    if text is None:
        return None
    try:
        if text.isascii() and text.removeprefix("-").isdigit():
            found = _EPOCH + timedelta(milliseconds=int(text))
        else:
            found = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    if not _EARLIEST < found < _LATEST:
        return None
    return whole_milliseconds(found)


def whole_milliseconds(moment: datetime) -> datetime:
    finer = moment.microsecond % 1000
    return moment.replace(microsecond=moment.microsecond - finer) if finer else moment


def as_id(text: str | None) -> int | None:
    """Ids compare as numbers; text that is no number is nobody's id and comes back as -1."""
    if text is None:
        return None
    return int(text) if text.isascii() and text.isdigit() else -1


def live(portal: Portal, object_type: str) -> dict[str, StoredObject]:
    """Neither archived nor merged away."""
    return {
        record_id: record
        for record_id, record in portal.objects.get(object_type, {}).items()
        if not record.archived and record.merged_into is None
    }


def option_labels(portal: Portal, object_type: str, name: str) -> dict[str, str]:
    """Label by internal value; empty for a property that the portal lacks."""
    for definition in portal.definitions.get(object_type, []):
        if definition["name"] == name:
            options = cast("list[dict[str, object]]", definition.get("options", []))
            return {str(one["value"]): str(one["label"]) for one in options}
    return {}


@dataclasses.dataclass(frozen=True, slots=True)
class Links:
    """What contacts are linked to, by any association type."""

    _by_type: dict[str, dict[str, set[str]]]
    primary_companies: dict[str, set[str]]

    def of(self, contact_id: str, object_type: str) -> Iterable[str]:
        return self._by_type[object_type].get(contact_id, ())


PRIMARY_COMPANY = 1


def contact_links(portal: Portal) -> Links:
    by_type: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    primary: dict[str, set[str]] = defaultdict(set)
    for from_type, from_id, to_type, to_id, type_id in portal.associations:
        if from_type == "contacts":
            by_type[to_type][from_id].add(to_id)
            if to_type == "companies" and type_id == PRIMARY_COMPANY:
                primary[from_id].add(to_id)
    return Links(by_type, primary)
