"""Who changed a value in the CRM, and when, in words that a plan line can carry."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from connector.batches import pieces
from connector.mirror.shared_rows import stored_owners, stored_portal
from connector.mirror.tables import versions
from connector.records import CONTACTS, Version

_AT_ONCE = 500


@dataclasses.dataclass(frozen=True, slots=True)
class Editors:
    """Names by the CRM's user id, and the zone in which moments are told."""

    names: Mapping[int, str]
    zone: tzinfo

    def who(self, version: Version) -> str:
        if version.user_id is not None:
            return self.names.get(version.user_id, f"user {version.user_id}")
        return "Somebody in the CRM" if version.by_person else f"A program ({version.source_type.lower()})"

    def when(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def changed(self, version: Version) -> str:
        value = f"to {version.value}" if version.value else "to nothing"
        return f"{self.who(version)} changed it {value} on {self.when(version.at)}"


def editors(connection: Connection) -> Editors:
    """Deactivated people included."""
    portal = stored_portal(connection)
    names = {one.user_id: one.name for one in stored_owners(connection) if one.user_id is not None}
    return Editors(names, ZoneInfo(portal.time_zone if portal else "UTC"))


def mirrored_history(connection: Connection, name: str, ids: Collection[str]) -> dict[str, list[Version]]:
    """The versions of one property of contacts, oldest first; records whose history is not mirrored are left out."""
    found: dict[str, list[Version]] = {}
    columns = [versions.c[column] for column in ("object_id", "value", "at", "source_type", "source_id", "user_id")]
    for some in pieces(sorted(ids, key=int), _AT_ONCE):
        query = select(*columns).where(
            versions.c.object_type == CONTACTS, versions.c.property == name, versions.c.object_id.in_(some)
        )
        for object_id, *rest in connection.execute(query.order_by(versions.c.object_id, versions.c.position)):
            found.setdefault(object_id, []).append(Version(*rest))
    return found
