"""HubSpot's JSON as our own words. An answer without what its interface promises raises `CrmAnswerBroken`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connector.columns import from_milliseconds
from connector.errors import CrmAnswerBroken, CrmRefused
from connector.gateway import Touched
from connector.records import (
    MODIFIED_PROPERTY,
    CrmList,
    Link,
    Option,
    Owner,
    PortalInfo,
    PropertyDefinition,
    Record,
    Stage,
    Version,
)


def field(data: Any, name: str) -> Any:
    """A field that must be there."""
    try:
        return data[name]
    except (KeyError, TypeError, IndexError) as error:
        raise CrmAnswerBroken(
            f"HubSpot's answer lacks the field {name}. Nothing was stored from it; check HUBSPOT_BASE_URL and whether "
            "this version of the API is still served."
        ) from error


def instant(text: Any) -> datetime:
    """HubSpot leaves out the fraction where it is zero. We keep milliseconds, as the mirror does."""
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise CrmAnswerBroken(
            "HubSpot's answer has a time that is not ISO 8601. Nothing was stored from it; check HUBSPOT_BASE_URL."
        ) from error
    return found.replace(microsecond=found.microsecond // 1000 * 1000) if found.microsecond % 1000 else found


def next_page(answer: Any) -> str | None:
    paging = answer.get("paging")
    following = paging.get("next") if paging else None
    return str(following["after"]) if following else None


def record(object_type: str, data: Any) -> Record:
    values = {name: value or None for name, value in field(data, "properties").items()}
    history = data.get("propertiesWithHistory")
    archived = data.get("archived")
    return Record(
        object_type,
        str(field(data, "id")),
        values,
        instant(field(data, "createdAt")),
        _updated_at(object_type, data),
        _archived_at(data) if archived else None,
        {name: versions(entries) for name, entries in history.items()} if history else {},
    )


def touched(object_type: str, data: Any) -> Touched:
    return Touched(str(field(data, "id")), _updated_at(object_type, data))


def _updated_at(object_type: str, data: Any) -> datetime:
    """The modified property, which is also what searches compare; the envelope's may differ."""
    modified = field(data, "properties").get(MODIFIED_PROPERTY[object_type])
    return instant(modified or field(data, "updatedAt"))


def _archived_at(data: Any) -> datetime:
    return instant(data.get("archivedAt") or field(data, "updatedAt"))


def versions(entries: Sequence[Any]) -> tuple[Version, ...]:
    """Oldest first; HubSpot lists the newest first, which also orders entries of the same millisecond."""
    found = [
        Version(
            entry.get("value") or None,
            instant(field(entry, "timestamp")),
            str(entry.get("sourceType") or ""),
            entry.get("sourceId"),
            entry.get("updatedByUserId"),
        )
        for entry in reversed(entries)
    ]
    found.sort(key=lambda version: version.at)
    return tuple(found)


def owner(data: Any) -> Owner:
    user_id = data.get("userId")
    return Owner(
        str(field(data, "id")),
        data.get("email") or None,
        data.get("firstName") or "",
        data.get("lastName") or "",
        user_id if user_id is not None else data.get("userIdIncludingInactive"),
        bool(data.get("archived")),
        tuple(str(team.get("name") or team.get("id")) for team in data.get("teams") or ()),
    )


def stages(pipeline: Any) -> list[Stage]:
    return [_stage(str(field(pipeline, "id")), stage) for stage in field(pipeline, "stages")]


def _stage(pipeline_id: str, data: Any) -> Stage:
    metadata: Mapping[str, Any] = data.get("metadata") or {}
    probability = metadata.get("probability")
    return Stage(
        pipeline_id,
        str(field(data, "id")),
        str(data.get("label") or ""),
        int(data.get("displayOrder") or 0),
        str(metadata.get("isClosed")).lower() == "true",
        float(probability) if probability not in (None, "") else None,
    )


def definition(object_type: str, data: Any) -> PropertyDefinition:
    options = tuple(
        Option(str(field(one, "value")), str(one.get("label") or ""), bool(one.get("hidden")))
        for one in data.get("options") or ()
    )
    return PropertyDefinition(
        object_type,
        str(field(data, "name")),
        str(data.get("label") or ""),
        str(field(data, "type")),
        str(data.get("fieldType") or ""),
        options,
        data.get("referencedObjectType") or None,
    )


def links(from_type: str, to_type: str, data: Any) -> list[Link]:
    """One link per association type: two records can be linked in several ways."""
    from_id = str(field(field(data, "from"), "id"))
    return [
        Link(from_type, from_id, to_type, str(field(target, "toObjectId")), int(field(kind, "typeId")))
        for target in field(data, "to")
        for kind in field(target, "associationTypes")
    ]


def check_only_missing(answer: Any, operation: str) -> None:
    """A record without any link counts as an error in HubSpot's answer; to us it is one without links."""
    for error in answer.get("errors") or ():
        if error.get("category") != "OBJECT_NOT_FOUND":
            raise CrmRefused(
                f"HubSpot, {operation}: part of the request is refused ({error.get('category')}). Nothing was stored "
                "from it; the next run asks again.",
                207,
            )


def crm_list(data: Any) -> CrmList:
    more: Mapping[str, Any] = data.get("additionalProperties") or {}
    size, added = data.get("size", more.get("hs_list_size")), more.get("hs_last_record_added_at")
    return CrmList(
        str(field(data, "listId")),
        str(field(data, "name")),
        None if size is None else int(size),
        None if added is None else from_milliseconds(int(added)),
    )


def portal(data: Any) -> PortalInfo:
    return PortalInfo(str(field(data, "portalId")), str(field(data, "timeZone")))
