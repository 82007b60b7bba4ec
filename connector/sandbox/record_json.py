"""How a record looks in an answer."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from connector.sandbox.association_types import LINK_TYPES
from connector.sandbox.moments import iso
from connector.sandbox.object_names import TYPE_IDS, always_returned, returned_unasked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.sandbox.account import Account
    from connector.sandbox.errors import Json
    from connector.sandbox.state import HistoryEntry, StoredObject

_INLINE_LINKS = 500


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """Which properties, histories and links an answer carries. Undefined names have been dropped already."""

    properties: tuple[str, ...]
    histories: tuple[str, ...] = ()
    linked_types: tuple[str, ...] = ()


def shape(
    account: Account,
    kind: str,
    properties: Iterable[str],
    histories: Iterable[str] = (),
    linked_types: Iterable[str] = (),
) -> Shape:
    asked = list(properties)
    with_history = tuple(name for name in dict.fromkeys(histories) if account.defines(kind, name))
    names = dict.fromkeys([*always_returned(kind), *with_history])
    names |= dict.fromkeys(asked or returned_unasked(kind))
    return Shape(
        tuple(name for name in names if account.defines(kind, name)), with_history, tuple(dict.fromkeys(linked_types))
    )


def render(account: Account, kind: str, record_id: str, record: StoredObject, form: Shape) -> Json:
    """An unset property is null."""
    get = record.properties.get
    made: Json = {
        "id": record_id,
        "properties": {name: get(name) or None for name in form.properties},
        "createdAt": iso(record.created_at),
        "updatedAt": iso(record.updated_at),
        "archived": record.archived,
        "url": f"https://app.hubspot.com/contacts/{account.portal.portal_id}/record/{TYPE_IDS[kind]}/{record_id}",
    }
    if record.archived_at is not None:
        made["archivedAt"] = iso(record.archived_at)
    if form.histories:
        made["propertiesWithHistory"] = {
            name: [history_entry(one) for one in record.history.get(name, ())] for name in form.histories
        }
    if form.linked_types and not record.archived:
        linked = {to_type: _inline_links(account, kind, record_id, to_type) for to_type in form.linked_types}
        found = {to_type: links for to_type, links in linked.items() if links["results"]}
        if found:
            made["associations"] = found
    return made


def render_written(account: Account, kind: str, record_id: str, record: StoredObject, changed: Iterable[str]) -> Json:
    """A write answers with what it changed and the default properties, not with the record."""
    names = tuple(dict.fromkeys([*changed, *always_returned(kind)]))
    return render(account, kind, record_id, record, Shape(names))


def history_entry(entry: HistoryEntry) -> Json:
    made: Json = {"value": entry.value, "timestamp": iso(entry.timestamp), "sourceType": entry.source_type}
    if entry.source_id is not None:
        made["sourceId"] = entry.source_id
    if entry.updated_by_user_id is not None:
        made["updatedByUserId"] = entry.updated_by_user_id
    return made


def _inline_links(account: Account, kind: str, record_id: str, to_type: str) -> Json:
    results = [
        {"id": to_id, "type": LINK_TYPES[type_id].name}
        for to_id, type_ids in account.links.of((kind, record_id), to_type).items()
        if account.is_live(to_type, to_id)
        for type_id in sorted(type_ids)
    ]
    results.sort(key=lambda one: int(one["id"]))
    made: Json = {"results": results[:_INLINE_LINKS]}
    if len(results) > _INLINE_LINKS:
        made["paging"] = {"next": {"after": results[_INLINE_LINKS]["id"], "link": ""}}
    return made
