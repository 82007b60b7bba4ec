"""Stand-ins for the CRM and for Slack in memory, for tests of what is written down rather than of what is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Self

from connector import creation_json
from connector.errors import CrmError
from connector.gateway import Found, Made, Page, Refusal, Update
from connector.lanes import Lane
from connector.records import (
    CONTACTS,
    Creation,
    CrmList,
    Link,
    Owner,
    PortalInfo,
    PropertyDefinition,
    Record,
    Stage,
    Version,
)
from slack_app.courier import Channel, Message, Posted, SlackUser
from slack_app.errors import SlackError
from tests.jobs.ledger_builders import at


class StandInGateway:
    """Contacts as `{id: {property: value}}` and lists as `{name: [ids]}`, both open to the test, as are the versions of
    their properties, oldest first, and what was made: records like contacts, from id 9001, with the contact of each.

    `trouble` is raised once by the next write: before it is done, or after where `trouble_after` says so.
    """

    def __init__(self, contacts: Mapping[str, Mapping[str, str | None]]) -> None:
        self.contacts = {i: dict(values) for i, values in contacts.items()}
        self.lists: dict[str, list[str]] = {}
        self.history: dict[str, dict[str, list[Version]]] = {}
        self.refusals: dict[str, Refusal] = {}
        self.updates: list[Update] = []
        self.made: dict[str, dict[str, str | None]] = {}
        self.linked: list[Link] = []
        self.trouble: CrmError | None = None
        self.trouble_after = False

    def in_lane(self, lane: Lane) -> Self:
        return self

    def may_call(self) -> bool:
        return True

    def granted_scopes(self) -> frozenset[str] | None:
        return None

    def portal(self) -> PortalInfo:
        return PortalInfo("1234567", "Asia/Tokyo")

    def owners(self) -> list[Owner]:
        return []

    def deal_stages(self) -> list[Stage]:
        return []

    def property_definitions(self, object_type: str) -> list[PropertyDefinition]:
        return []

    def list_page(
        self,
        object_type: str,
        properties: Sequence[str],
        *,
        history: Sequence[str] = (),
        after: str | None = None,
        archived: bool = False,
    ) -> Page:
        return Page([], None)

    def newest(self, object_type: str) -> Found:
        return Found([], 0)

    def touched_since(self, object_type: str, since: datetime, after_id: str) -> Found:
        return Found([], 0)

    def within(self, object_type: str, first_id: str, last_id: str) -> Found:
        return Found([], 0)

    def survivor(self, object_type: str, record_id: str) -> str | None:
        return record_id if record_id in self.contacts else None

    def read(
        self,
        object_type: str,
        ids: Sequence[str],
        properties: Sequence[str],
        *,
        history: Sequence[str] = (),
        archived: bool = False,
    ) -> list[Record]:
        records = self.contacts if object_type == CONTACTS else self.made
        return [self._record(object_type, i, records[i], history) for i in ids if i in records]

    def _record(
        self, object_type: str, record_id: str, values: Mapping[str, str | None], history: Sequence[str] = ()
    ) -> Record:
        day = at("11-01 09:00")
        versions = self.history.get(record_id, {}) if history else {}
        return Record(object_type, record_id, dict(values), day, day, history=versions)

    def links(self, from_type: str, to_type: str, ids: Sequence[str]) -> list[Link]:
        return [one for one in self.linked if one.to_type == to_type and one.from_id in ids]

    def update(self, object_type: str, updates: Sequence[Update]) -> Mapping[str, Refusal]:
        if not self.trouble_after:
            self._meet_trouble()
        self.updates += updates
        for one in updates:
            if one.id not in self.refusals:
                self.contacts[one.id] |= one.values
        self._meet_trouble()
        return {one.id: self.refusals[one.id] for one in updates if one.id in self.refusals}

    def create(self, object_type: str, creations: Sequence[Creation]) -> Made:
        if not self.trouble_after:
            self._meet_trouble()
        taken = [one for one in creations if one.key not in self.refusals]
        ids = {one.key: str(9001 + len(self.linked) + n) for n, one in enumerate(taken)}
        for one in taken:
            self.made[ids[one.key]] = dict(creation_json.as_stored(one))
            self.linked.append(Link(CONTACTS, one.links[0][1], object_type, ids[one.key], 203))
        self._meet_trouble()
        records = {key: self._record(object_type, i, self.made[i]) for key, i in ids.items()}
        return Made(records, {one.key: self.refusals[one.key] for one in creations if one.key in self.refusals})

    def archive(self, object_type: str, ids: Sequence[str]) -> None:
        if not self.trouble_after:
            self._meet_trouble()
        for one in ids:
            self.made.pop(one, None)
        self._meet_trouble()

    def find_list(self, name: str) -> CrmList | None:
        return CrmList(name, name) if name in self.lists else None

    def static_lists(self) -> list[CrmList]:
        return [CrmList(name, name, len(members)) for name, members in self.lists.items()]

    def create_list(self, name: str) -> CrmList:
        self.lists.setdefault(name, [])
        return CrmList(name, name)

    def list_members(self, list_id: str) -> list[str]:
        return self.lists[list_id]

    def change_members(self, list_id: str, add: Sequence[str], remove: Sequence[str]) -> list[str]:
        self._meet_trouble()
        known = [i for i in add if i in self.contacts]
        self.lists[list_id] = [i for i in (*self.lists[list_id], *known) if i not in remove]
        return [i for i in add if i not in self.contacts]

    def call_counts(self) -> Mapping[str, int]:
        return {}

    def _meet_trouble(self) -> None:
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            raise trouble


class StandInCourier:
    """A workspace with the channels and people it is given; keeps every message with its delivery id.

    Each call of `post` or `update` raises the next of `troubles` (None: it works); `lost_after` says whether a message
    whose answer is lost arrived all the same.
    """

    def __init__(
        self,
        *,
        people: Sequence[SlackUser] = (),
        channels: Mapping[str, str] | None = None,
        troubles: Sequence[SlackError | None] = (),
        lost_after: bool = False,
    ) -> None:
        self.people = list(people)
        self.channels = dict(channels or {})
        self.posted: list[tuple[str, Message, str]] = []
        self.edits: list[tuple[Posted, Message]] = []
        self.asked: list[str] = []
        self.forgotten: list[str] = []
        self.groups: dict[str, tuple[str, ...]] = {}
        self.threads: list[str | None] = []
        self._troubles: Iterator[SlackError | None] = iter(troubles)
        self._lost_after = lost_after

    def post(self, channel: str, message: Message, delivery_id: str, thread: str | None = None) -> Posted:
        self.threads.append(thread)
        trouble = next(self._troubles, None)
        if trouble is None or self._lost_after:
            self.posted.append((channel, message, delivery_id))
        if trouble is not None:
            raise trouble
        return Posted(channel, f"{len(self.posted)}.0")

    def update(self, posted: Posted, message: Message, delivery_id: str) -> None:
        trouble = next(self._troubles, None)
        if trouble is not None:
            raise trouble
        self.edits.append((posted, message))

    def find(self, channel: str, delivery_id: str, since: datetime, thread: str | None = None) -> Posted | None:
        self.asked.append(delivery_id)
        found = (n for n, (_, _, known) in enumerate(self.posted, start=1) if known == delivery_id)
        return next((Posted(channel, f"{n}.0") for n in found), None)

    def direct_channel(self, user_id: str) -> str:
        return f"D{user_id}"

    def channel_id(self, name: str) -> str | None:
        return self.channels.get(name)

    def channel(self, name: str) -> Channel | None:
        channel_id = self.channels.get(name)
        return Channel(channel_id, private=False, archived=False, joined=True) if channel_id else None

    def user_by_email(self, email: str) -> SlackUser | None:
        self.asked.append(email)
        return next((user for user in self.people if user.email == email), None)

    def user(self, user_id: str) -> SlackUser | None:
        self.asked.append(user_id)
        return next((user for user in self.people if user.id == user_id), None)

    def forget(self, user_id: str) -> None:
        self.forgotten.append(user_id)

    def group_members(self, handle: str) -> Sequence[str] | None:
        trouble = next(self._troubles, None)
        if trouble is not None:
            raise trouble
        return self.groups.get(handle)

    def check(self) -> Mapping[str, str]:
        return {"team": "invented", "user": "mimawari", "scopes": "", "url": ""}


def make_slack_user(
    user_id: str, email: str | None, *, language: str = "ja", active: bool = True, time_zone: str = "Asia/Tokyo"
) -> SlackUser:
    return SlackUser(user_id, email, user_id, language, time_zone, active)
