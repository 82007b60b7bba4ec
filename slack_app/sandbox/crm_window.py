"""What the CRM says about one contact: fetches the record and what is linked to it from the stand-in CRM."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx

from slack_app.sandbox.json_values import Json, as_list, as_object, as_text, object_or_empty

if TYPE_CHECKING:
    from slack_app.sandbox.site import Site

_LINKED_TYPES = ("companies", "deals", "meetings")
_MOST_LINKED = 12
_DIRECTORY_LIFE_S = 30.0


class CrmSilentError(Exception):
    """The CRM could not be asked; the message says why in words for the page."""


async def contact_record(site: Site, contact_id: str) -> Json:
    """The contact's record, its linked records, and the CRM's owners and labels to read them with."""
    state = await _state(site, object="contacts", from_id=contact_id)
    contact = _record(state, "contacts", contact_id)
    if contact is None:
        raise CrmSilentError("not_found")
    links = _links(state, contact_id)[:_MOST_LINKED]
    parts = await asyncio.gather(*(_state(site, object=kind, from_id=record_id) for kind, record_id in links))
    linked: dict[str, list[Json]] = {kind: [] for kind in _LINKED_TYPES}
    for (kind, record_id), part in zip(links, parts, strict=True):
        record = _record(part, kind, record_id)
        if record is not None:
            linked[kind].append({"id": record_id, **record})
    directory = state if "owners" in state else await _directory(site)
    return {
        "id": contact_id,
        "contact": contact,
        "linked": linked,
        "owners": as_list(directory.get("owners")) or [],
        "properties": object_or_empty(directory.get("properties")).get("contacts") or [],
        "pipelines": as_list(directory.get("pipelines")) or [],
    }


def _record(state: Json, kind: str, record_id: str) -> Json | None:
    return as_object(object_or_empty(object_or_empty(state.get("objects")).get(kind)).get(record_id))


async def _directory(site: Site) -> Json:
    """Owners, labels and pipelines. The CRM gives them with the answer that names no object; they rarely change."""
    now = site.clock.elapsed()
    if site.crm_directory is None or now - site.crm_directory[0] > _DIRECTORY_LIFE_S:
        site.crm_directory = (now, await _state(site, from_id="0"))
    return site.crm_directory[1]


def _links(state: Json, contact_id: str) -> list[tuple[str, str]]:
    links: list[tuple[str, str]] = []
    for association in as_list(state.get("associations")) or []:
        parts = [as_text(part) for part in as_list(association) or []]
        if len(parts) >= 4 and parts[:2] == ["contacts", contact_id] and parts[2] in _LINKED_TYPES:
            links.append((parts[2], parts[3]))
    return list(dict.fromkeys(links))


async def _state(site: Site, **asked: str) -> Json:
    if site.crm_url is None:
        raise CrmSilentError("not_connected")
    try:
        response = await site.http.get(f"{site.crm_url}/_control/state", params={**asked, "limit": "1"})
        response.raise_for_status()
        body = as_object(response.json())
    except (httpx.HTTPError, ValueError) as error:
        raise CrmSilentError("unreachable") from error
    return body or {}
