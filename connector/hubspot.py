"""The port to the CRM on HubSpot: which endpoint answers each question, and in pieces of which size."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Self

from connector import answers, creation_json
from connector.batches import pieces, send_around_refused
from connector.columns import to_milliseconds
from connector.config import CrmConfig
from connector.errors import AccessRefused, CrmAnswerBroken, CrmRefused, CrmUnavailable
from connector.failures import codes_of, names_of, refusal_in_words
from connector.gateway import Found, Made, Page, Refusal, Update
from connector.lanes import Lane
from connector.limits import CallLimits
from connector.oauth import OAuthTokens
from connector.records import (
    MODIFIED_PROPERTY,
    Creation,
    CrmList,
    Link,
    Owner,
    PortalInfo,
    PropertyDefinition,
    Record,
    Stage,
)
from connector.side_by_side import side_by_side
from connector.transport import Transport
from connector.versions import ApiVersions

_PAGE = 100
_PAGE_WITH_HISTORY = 50
_SEARCH_PAGE = 200
# At a tenth of a second each they fill the limit.
_READS_AT_ONCE = 4
_LINK_INPUTS = 1000
_LISTS_PAGE = 500
_MEMBER_PAGE = 250
_MEMBER_CHANGES = 1000
_CONTACT_TYPE_ID = "0-1"

# HubSpot answers 414 to addresses longer than something between 8 and 16 KB.
_LONGEST_PROPERTY_QUERY = 6000
# Of the 3,000 characters of a search, the rest is for its filter and order.
_LONGEST_SEARCH_PROPERTIES = 2500

_GONE = "The record is no longer in HubSpot: it was archived, deleted or merged into another one."


class HubSpotGateway:
    """One HubSpot account, reached by one access token or, with OAuth, by one after the other. Calls are a waiting person's unless `in_lane` says otherwise."""

    def __init__(
        self,
        config: CrmConfig,
        limits: CallLimits,
        versions: ApiVersions,
        sleep: Callable[[float], None] = time.sleep,
        tokens: OAuthTokens | None = None,
    ) -> None:
        self._transport = Transport(config, limits, versions, sleep, tokens=tokens)
        crm = self._transport.crm
        self._basic = crm.objects.basic_api
        self._batch = crm.objects.batch_api
        self._search = crm.objects.search_api
        self._associations = crm.associations.v4.batch_api
        self._owners = crm.owners.owners_api
        self._pipelines = crm.pipelines.pipelines_api
        self._properties = crm.properties.core_api
        self._lists = crm.lists.lists_api
        self._members = crm.lists.memberships_api

    def in_lane(self, lane: Lane) -> Self:
        made = copy.copy(self)
        made._transport = self._transport.in_lane(lane)  # noqa: SLF001 - of the same class
        return made

    def may_call(self) -> bool:
        return self._transport.may_call()

    def granted_scopes(self) -> frozenset[str] | None:
        try:
            answer = self._transport.token_info()
        except (AccessRefused, CrmRefused):
            return None
        if answer is None:
            return None
        return frozenset(str(one) for one in answers.field(answer, "scopes"))

    def portal(self) -> PortalInfo:
        return answers.portal(self._transport.get("account", "reading the account", "/account-info/v3/details"))

    def owners(self) -> list[Owner]:
        return [*self._owners_of(archived=False), *self._owners_of(archived=True)]

    def _owners_of(self, *, archived: bool) -> list[Owner]:
        found: list[Owner] = []
        after: str | None = None
        while True:
            answer = self._transport.call(
                "owners", "reading owners", self._owners.get_page, limit=_PAGE, archived=archived, **_start(after)
            )
            found += [answers.owner(one) for one in answers.field(answer, "results")]
            after = answers.next_page(answer)
            if after is None:
                return found

    def deal_stages(self) -> list[Stage]:
        answer = self._transport.call("pipelines", "reading deal pipelines", self._pipelines.get_all, "deals")
        return [stage for pipeline in answers.field(answer, "results") for stage in answers.stages(pipeline)]

    def property_definitions(self, object_type: str) -> list[PropertyDefinition]:
        operation = f"reading the properties of {object_type}"
        answer = self._transport.call("properties", operation, self._properties.get_all, object_type)
        return [answers.definition(object_type, one) for one in answers.field(answer, "results")]

    def list_page(
        self,
        object_type: str,
        properties: Sequence[str],
        *,
        history: Sequence[str] = (),
        after: str | None = None,
        archived: bool = False,
    ) -> Page:
        short = sum(len(name) + len("&properties=") for name in properties) <= _LONGEST_PROPERTY_QUERY
        answer = self._transport.call(
            "list",
            f"listing {object_type}",
            self._basic.get_page,
            object_type,
            limit=_PAGE_WITH_HISTORY if history else _PAGE,
            properties=list(properties) if short else [],
            **({"properties_with_history": list(history)} if history and short else {}),
            **({"archived": True} if archived else {}),
            **_start(after),
        )
        records = [answers.record(object_type, one) for one in answers.field(answer, "results")]
        if not short:
            ids = [one.id for one in records]
            records = self.read(object_type, ids, properties, history=history, archived=archived)
        return Page(records, answers.next_page(answer))

    def page_below(
        self, object_type: str, properties: Sequence[str], *, history: Sequence[str] = (), below: str | None
    ) -> Page:
        filters = [] if below is None else [{"propertyName": "hs_object_id", "operator": "LT", "value": below}]
        enough = not history and sum(len(name) + len('"", ') for name in properties) <= _LONGEST_SEARCH_PROPERTIES
        wanted = properties if enough else ()
        found = answers.field(self._searched(object_type, filters, "hs_object_id", "DESCENDING", wanted), "results")
        ids = [str(answers.field(one, "id")) for one in found]
        if enough:
            records = [answers.record(object_type, one) for one in found]
        else:
            records = self.read(object_type, ids, properties, history=history)
        return Page(records, min(ids, key=int, default=None))

    def newest(self, object_type: str) -> Found:
        return self._found(object_type, [], MODIFIED_PROPERTY[object_type], "DESCENDING")

    def touched_since(self, object_type: str, since: datetime, after_id: str) -> Found:
        filters = [
            {"propertyName": MODIFIED_PROPERTY[object_type], "operator": "GTE", "value": str(to_milliseconds(since))},
            {"propertyName": "hs_object_id", "operator": "GT", "value": after_id},
        ]
        return self._found(object_type, filters)

    def within(self, object_type: str, first_id: str, last_id: str) -> Found:
        ids = {"propertyName": "hs_object_id", "operator": "BETWEEN", "value": first_id, "highValue": last_id}
        return self._found(object_type, [ids])

    def _found(
        self,
        object_type: str,
        filters: Sequence[Mapping[str, str]],
        sort: str = "hs_object_id",
        direction: str = "ASCENDING",
    ) -> Found:
        answer = self._searched(object_type, filters, sort, direction)
        touched = [answers.touched(object_type, one) for one in answers.field(answer, "results")]
        return Found(touched, int(answers.field(answer, "total")))

    def _searched(
        self,
        object_type: str,
        filters: Sequence[Mapping[str, str]],
        sort: str,
        direction: str,
        properties: Sequence[str] = (),
    ) -> Any:
        body = {
            "filterGroups": [{"filters": filters}] if filters else [],
            "sorts": [{"propertyName": sort, "direction": direction}],
            "properties": [*properties] or [MODIFIED_PROPERTY[object_type]],
            "limit": _SEARCH_PAGE,
        }
        return self._transport.call("search", f"searching {object_type}", self._search.do_search, object_type, body)

    def read(
        self,
        object_type: str,
        ids: Sequence[str],
        properties: Sequence[str],
        *,
        history: Sequence[str] = (),
        archived: bool = False,
    ) -> list[Record]:
        asked = {"properties": list(properties), "propertiesWithHistory": list(history)}

        def read(some: Sequence[str]) -> list[Record]:
            answer = self._transport.call(
                "batch_read",
                f"reading {object_type}",
                self._batch.read,
                object_type,
                {"inputs": [{"id": one} for one in some], **asked},
                **({"archived": True} if archived else {}),
            )
            wanted = set(some)
            records = [answers.record(object_type, one) for one in answers.field(answer, "results")]
            # A merged-away id may be answered with its survivor, which nobody asked for here.
            return [one for one in records if one.id in wanted]

        batches = pieces(list(dict.fromkeys(ids)), _PAGE_WITH_HISTORY if history else _PAGE)
        found = side_by_side([partial(read, some) for some in batches], _READS_AT_ONCE)
        return [record for records in found for record in records]

    def survivor(self, object_type: str, record_id: str) -> str | None:
        operation = f"reading one of {object_type}"
        try:
            answer = self._transport.call("read", operation, self._basic.get_by_id, object_type, record_id)
        except CrmRefused as error:
            if error.status == 404:
                return None
            raise
        return str(answers.field(answer, "id"))

    def links(self, from_type: str, to_type: str, ids: Sequence[str]) -> list[Link]:
        found: list[Link] = []
        waiting: list[dict[str, str]] = [{"id": one} for one in dict.fromkeys(ids)]
        while waiting:
            some, waiting = waiting[:_LINK_INPUTS], waiting[_LINK_INPUTS:]
            operation = f"reading links from {from_type} to {to_type}"
            answer = self._transport.call(
                "associations", operation, self._associations.get_page, from_type, to_type, {"inputs": some}
            )
            answers.check_only_missing(answer, operation)
            for one in answers.field(answer, "results"):
                found += answers.links(from_type, to_type, one)
                after = answers.next_page(one)
                if after is not None:
                    waiting.append({"id": str(one["from"]["id"]), "after": after})
        return found

    def update(self, object_type: str, updates: Sequence[Update]) -> Mapping[str, Refusal]:
        def send(some: Sequence[Update]) -> Mapping[str, Refusal]:
            return self._send_updates(object_type, some)

        return send_around_refused(updates, lambda one: one.id, send, str)

    def _send_updates(self, object_type: str, updates: Sequence[Update]) -> dict[str, Refusal]:
        inputs = [
            {
                "id": one.id,
                "objectWriteTraceId": one.id,
                "properties": {name: value or "" for name, value in one.values.items()},
            }
            for one in updates
        ]
        operation = f"updating {object_type}"
        answer = self._transport.call("batch_update", operation, self._batch.update, object_type, {"inputs": inputs})
        refused = _refusals(answer)
        written = {str(one["id"]) for one in answers.field(answer, "results")}
        for one in updates:
            # An id that was merged away is left out of the answer without a word.
            if one.id not in written and one.id not in refused:
                refused[one.id] = Refusal(_GONE, gone=True)
        return refused

    def create(self, object_type: str, creations: Sequence[Creation]) -> Made:
        made: dict[str, Record] = {}

        def send(some: Sequence[Creation]) -> Mapping[str, Refusal]:
            body = {"inputs": [creation_json.as_input(one) for one in some]}
            answer = self._transport.call(
                "batch_create", f"creating {object_type}", self._batch.create, object_type, body, repeatable=False
            )
            made.update(creation_json.made(object_type, some, answers.field(answer, "results")))
            return _refusals(answer)

        return Made(made, send_around_refused(creations, lambda one: one.key, send, str))

    def archive(self, object_type: str, ids: Sequence[str]) -> None:
        body = {"inputs": [{"id": one} for one in ids]}
        self._transport.call("batch_archive", f"archiving {object_type}", self._batch.archive, object_type, body)

    def find_list(self, name: str) -> CrmList | None:
        try:
            answer = self._transport.call(
                "lists", "looking up a list by its name", self._lists.get_by_name, name, _CONTACT_TYPE_ID
            )
        except CrmRefused as error:
            if error.status == 404:
                return None
            raise
        return answers.crm_list(answers.field(answer, "list"))

    def static_lists(self) -> list[CrmList]:
        found: list[Any] = []
        body = {
            "processingTypes": ["MANUAL", "SNAPSHOT"],
            "additionalProperties": ["hs_list_size", "hs_last_record_added_at"],
            "count": _LISTS_PAGE,
        }
        while True:
            asked = body | {"offset": len(found)}
            answer = self._transport.call("lists", "reading the lists", self._lists.do_search, asked)
            page = answers.field(answer, "lists")
            found += page
            if not (page and answer.get("hasMore")):
                return [answers.crm_list(one) for one in found if one.get("objectTypeId") == _CONTACT_TYPE_ID]

    def create_list(self, name: str) -> CrmList:
        found = self.find_list(name)
        if found is not None:
            return found
        body = {"name": name, "objectTypeId": _CONTACT_TYPE_ID, "processingType": "MANUAL"}
        try:
            answer = self._transport.call("lists", "creating a list", self._lists.create, body, repeatable=False)
        except (CrmRefused, CrmUnavailable, CrmAnswerBroken):
            # The list may have been made although the answer was lost, or by someone else in the meantime.
            found = self.find_list(name)
            if found is None:
                raise
            return found
        return answers.crm_list(answers.field(answer, "list"))

    def list_members(self, list_id: str) -> list[str]:
        found: list[str] = []
        after: str | None = None
        while True:
            answer = self._transport.call(
                "memberships",
                "reading the members of a list",
                self._members.get_page,
                list_id,
                limit=_MEMBER_PAGE,
                **_start(after),
            )
            found += [str(answers.field(one, "recordId")) for one in answers.field(answer, "results")]
            after = answers.next_page(answer)
            if after is None:
                return found

    def change_members(self, list_id: str, add: Sequence[str], remove: Sequence[str]) -> list[str]:
        unknown: list[str] = []
        changes = [*((one, True) for one in add), *((one, False) for one in remove)]
        for some in pieces(changes, _MEMBER_CHANGES):
            body = {
                "recordIdsToAdd": [one for one, wanted in some if wanted],
                "recordIdsToRemove": [one for one, wanted in some if not wanted],
            }
            answer = self._transport.call(
                "memberships", "changing the members of a list", self._members.add_and_remove, list_id, body
            )
            missing: Sequence[Any] = answer.get("recordIdsMissing") or () if answer else ()
            unknown += [str(one) for one in missing]
        return unknown

    def call_counts(self) -> Mapping[str, int]:
        return self._transport.counts()

    def close(self) -> None:
        self._transport.close()


def _start(after: str | None) -> dict[str, Any]:
    """The client sends `after=None` as text, so a first page must not name it."""
    return {} if after is None else {"after": after}


def _refusals(answer: Any) -> dict[str, Refusal]:
    found: dict[str, Refusal] = {}
    for error in answer.get("errors") or ():
        context: Mapping[str, Any] = error.get("context") or {}
        codes = codes_of(error)
        gone = "OBJECT_NOT_FOUND" in codes
        refusal = Refusal(_GONE if gone else refusal_in_words(codes, names_of(error)), gone)
        named: Sequence[Any] = context.get("ids") or context.get("objectWriteTraceId") or ()
        found |= dict.fromkeys((str(one) for one in named), refusal)
    return found
