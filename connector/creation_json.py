"""How a record to be made is written for HubSpot, with its links and the mark by which it is found again."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from connector import answers
from connector.records import COMPANIES, CONTACTS, DEALS, NOTES, TASKS, Creation, Record

# The text that holds the mark, where a person may see it: HubSpot has no hidden place that every account has.
MARK_PROPERTY: Mapping[str, str] = {TASKS: "hs_task_body", NOTES: "hs_note_body", DEALS: "description"}

# Texts in which HubSpot reads HTML.
_HTML = frozenset({"hs_task_body", "hs_note_body"})

# Association types, all defined by HubSpot, from the new record's side.
_LINK_TYPES: Mapping[tuple[str, str], int] = {
    (TASKS, CONTACTS): 204,
    (TASKS, COMPANIES): 192,
    (TASKS, DEALS): 216,
    (NOTES, CONTACTS): 202,
    (NOTES, COMPANIES): 190,
    (NOTES, DEALS): 214,
    (DEALS, CONTACTS): 3,
    (DEALS, COMPANIES): 341,
}
# The same links as their contact has them.
FROM_CONTACT: Mapping[str, int] = {TASKS: 203, NOTES: 201, DEALS: 4}


def as_input(creation: Creation) -> dict[str, Any]:
    """One input of a batch. The key goes along as trace id, so that HubSpot may refuse this record alone."""
    return {
        "objectWriteTraceId": creation.key,
        "properties": as_stored(creation),
        "associations": [
            {
                "to": {"id": to_id},
                "types": [
                    {
                        "associationCategory": "HUBSPOT_DEFINED",
                        "associationTypeId": _LINK_TYPES[creation.object_type, to_type],
                    }
                ],
            }
            for to_type, to_id in creation.links
        ],
    }


def as_stored(creation: Creation) -> dict[str, str]:
    """The values as the CRM will show them, the mark at the end of its text."""
    marked = MARK_PROPERTY[creation.object_type]
    said = creation.values.get(marked)
    text = f"{said}\n\n{_shown(creation.mark)}" if said else _shown(creation.mark)
    return {name: _rich(text) if name in _HTML else text for name, text in {**creation.values, marked: text}.items()}


def carries(record: Record, mark: str) -> bool:
    return _shown(mark) in (record.properties.get(MARK_PROPERTY[record.object_type]) or "")


def made(object_type: str, creations: Sequence[Creation], results: Sequence[Any]) -> dict[str, Record]:
    """By key. The order of results says nothing; where one has no trace id, its mark tells whose it is."""
    keys = {one.key for one in creations}
    found: dict[str, Record] = {}
    for one in results:
        record = answers.record(object_type, one)
        key = one.get("objectWriteTraceId")
        if key not in keys:
            key = next((each.key for each in creations if carries(record, each.mark)), None)
        if key is not None:
            found[key] = record
    return found


def _shown(mark: str) -> str:
    return f"[mimawari:{mark}]"


def _rich(text: str) -> str:
    return html.escape(text, quote=False).replace("\n", "<br>")
