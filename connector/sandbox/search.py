"""Which records a search finds: the checks of its body, the filter groups, the order and the page."""

from __future__ import annotations

import dataclasses
import heapq
import itertools
import math
from typing import TYPE_CHECKING, cast

from connector.sandbox.call import Answer, Call, Route, as_object, checked_limit, objects, text, texts
from connector.sandbox.errors import Json, invalid
from connector.sandbox.filters import as_ms, number_key, value_test
from connector.sandbox.object_names import created_property, modified_property, object_type
from connector.sandbox.portal_file import Window
from connector.sandbox.property_shapes import moment
from connector.sandbox.record_json import render, shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from connector.sandbox.account import Account
    from connector.sandbox.state import StoredObject

    Hit = tuple[int, StoredObject]
    # Where it stands in the order, its id, and the record where that is in memory.
    _Ranked = tuple[float, int, StoredObject | None]
    ValueTest = tuple[str, Callable[[str], bool]]

_MOST_GROUPS, _MOST_PER_GROUP, _MOST_FILTERS = 5, 6, 18
_LONGEST_BODY = 3000
_MOST_RESULTS = 10_000
_LARGEST_PAGE = 200
_QUERY_PROPERTIES = {
    "contacts": ("firstname", "lastname", "email", "phone", "company"),
    "companies": ("name", "domain", "phone", "website"),
    "deals": ("dealname", "description"),
    "meetings": ("hs_meeting_title", "hs_meeting_body"),
    "calls": ("hs_call_title", "hs_call_body"),
    "emails": ("hs_email_subject",),
    "notes": ("hs_note_body",),
    "tasks": ("hs_task_subject", "hs_task_body"),
}


@dataclasses.dataclass(slots=True)
class _Group:
    """One filter group: tests of stored values, ids a record must be linked with, ranges of id and modified time.

    `is_window`: the ranges say all that the tests do.
    """

    tests: list[ValueTest] = dataclasses.field(default_factory=list["ValueTest"])
    linked: list[Mapping[str, object]] = dataclasses.field(default_factory=list["Mapping[str, object]"])
    window: Window = dataclasses.field(default_factory=Window)
    is_window: bool = True


def search(account: Account, call: Call) -> Answer:
    kind = object_type(call.params["type"])
    body = _checked_body(call)
    limit = checked_limit(text(body, "limit"), "limit", 10, _LARGEST_PAGE)
    after = _checked_after(body, limit)
    groups = _groups(account, kind, body)
    query = text(body, "query").lower()
    order = _window_order(kind, body)
    if len(groups) == 1 and groups[0].is_window and order and not query:
        total, page = _window_page(account, kind, groups[0], order, slice(after, after + limit))
    else:
        found = _found(account, kind, groups, query)
        _order(account, kind, body, found)
        total, page = len(found), found[after : after + limit]
    form = shape(account, kind, texts(body, "properties"))
    results = [render(account, kind, str(number), record, form) for number, record in page]
    payload: Json = {"total": total, "results": results}
    if after + limit < total and limit:
        following = str(after + limit)
        payload["paging"] = {"next": {"after": following, "link": f"{call.origin}{call.path}?after={following}"}}
    return Answer(200, payload)


def _checked_body(call: Call) -> Json:
    if len(call.body.decode("utf-8", "replace")) > _LONGEST_BODY:
        raise invalid(f"The search body has more than {_LONGEST_BODY} characters.")
    return call.object() if call.body else {}


def _checked_after(body: Json, limit: int) -> int:
    given = text(body, "after", "0") or "0"
    if not given.isdigit():
        raise invalid(f"Invalid after parameter: '{given}' is not a number")
    if int(given) + limit > _MOST_RESULTS:
        raise invalid(f"A search gives its first {_MOST_RESULTS} results; {given} + {limit} lies beyond them.")
    return int(given)


def _groups(account: Account, kind: str, body: Json) -> list[_Group]:
    """Without filters one group that everything matches."""
    given = [objects(group, "filters") for group in objects(body, "filterGroups")]
    top_level = objects(body, "filters")
    if top_level:
        given.append(top_level)
    if len(given) > _MOST_GROUPS:
        raise invalid(f"A search takes {_MOST_GROUPS} filter groups at most, not {len(given)}.")
    if any(len(filters) > _MOST_PER_GROUP for filters in given):
        raise invalid(f"A filter group takes {_MOST_PER_GROUP} filters at most.")
    if sum(len(filters) for filters in given) > _MOST_FILTERS:
        raise invalid(f"A search takes {_MOST_FILTERS} filters at most.")
    return [_group(account, kind, filters) for filters in given or [[]]]


def _group(account: Account, kind: str, filters: list[Json]) -> _Group:
    group = _Group()
    for one in filters:
        name = text(one, "propertyName")
        if name.startswith("associations."):
            group.linked.append(_linked_ids(account, kind, name.removeprefix("associations."), one))
            group.is_window = False
            continue
        test = value_test(_definition(account, kind, name), one)
        by_id = name == "hs_object_id"
        span = _span(one) if by_id or name == modified_property(kind) else None
        group.is_window &= span is not None
        if span is not None:
            group.window = _narrowed(group.window, span, by_id=by_id)
        if span is None or not by_id:
            # Records are found by a range of ids without a look at the others, in memory too.
            group.tests.append((name, test))
    return group


def _span(one: Json) -> tuple[float, float] | None:
    """What a valid filter on a number or a time leaves; None when that is no range."""
    low = text(one, "value", "0")
    high = text(one, "highValue", low)
    spans = {
        "EQ": lambda: (float(low), float(low)),
        "GTE": lambda: (float(low), math.inf),
        "GT": lambda: (math.nextafter(float(low), math.inf), math.inf),
        "LTE": lambda: (-math.inf, float(low)),
        "LT": lambda: (-math.inf, math.nextafter(float(low), -math.inf)),
        "BETWEEN": lambda: (float(low), float(high)),
    }
    span = spans.get(text(one, "operator"))
    return None if span is None else span()


def _narrowed(window: Window, span: tuple[float, float], *, by_id: bool) -> Window:
    low, high = span
    if by_id:
        return dataclasses.replace(window, lowest=max(window.lowest, low), highest=min(window.highest, high))
    return dataclasses.replace(window, earliest=max(window.earliest, low), latest=min(window.latest, high))


def _definition(account: Account, kind: str, name: str) -> Json:
    found = account.definitions[kind].get(name)
    if found is not None and not found.get("archived"):
        return found
    if account.defines(kind, name):
        # Readable, but in no list of definitions: the times at which a deal entered its stages.
        return moment(name, name, "")
    raise invalid(f"There was a problem with the request: property {name} does not exist on {kind}")


def _linked_ids(account: Account, kind: str, segment: str, one: Json) -> Mapping[str, object]:
    if text(one, "operator") != "EQ":
        raise invalid("Invalid input: associations can be searched with EQ only")
    return account.links.of((object_type(segment), text(one, "value")), kind)


def _found(account: Account, kind: str, groups: list[_Group], query: str) -> list[Hit]:
    """The live records that match any group, as the index has them, in order of id."""
    if len(groups) == 1:
        found = _group_hits(account, kind, groups[0])
    else:
        by_id = {number: record for group in groups for number, record in _group_hits(account, kind, group)}
        found = sorted(by_id.items())
    return [hit for hit in found if _has_words(kind, hit[1], query)] if query else found


def _group_hits(account: Account, kind: str, group: _Group) -> list[Hit]:
    kept, unchanged = _kept_hits(account, kind, group), _unchanged_hits(account, kind, group)
    return sorted(kept + unchanged, key=_by_number) if unchanged else kept


def _kept_hits(account: Account, kind: str, group: _Group) -> list[Hit]:
    """Of the records in memory, those that match as the index has them."""
    hits = account.records(kind).kept(group.window.lowest, group.window.highest)
    old_versions = account.index.old_versions(account.now())
    if old_versions:
        seen = [(number, old_versions.get((kind, str(number)), record)) for number, record in hits]
        hits = [(number, record) for number, record in seen if record is not None]
    return _matching(group, [hit for hit in hits if hit[1].archived_at is None])


def _unchanged_hits(account: Account, kind: str, group: _Group) -> list[Hit]:
    """Of the records in the portal's file; what is no range of ids or modified times is tested one by one."""
    records, window = account.records(kind), group.window
    if group.linked:
        known = ((int(one), records.unchanged_one(one)) for one in group.linked[0])
        hits = [(one, record) for one, record in known if record and window.lowest <= one <= window.highest]
        return _matching(group, hits)
    _, found = records.unchanged(window, "id")
    return _matching(group, [(number, records[str(number)]) for number, _ in found])


def _matching(group: _Group, hits: list[Hit]) -> list[Hit]:
    for linked in group.linked:
        hits = [hit for hit in hits if str(hit[0]) in linked]
    for name, test in group.tests:
        hits = [hit for hit in hits if test(hit[1].properties.get(name, ""))]
    return hits


def _by_number(hit: Hit) -> int:
    return hit[0]


def _window_order(kind: str, body: Json) -> str:
    """How the portal's file is asked for the order that the search wants; "" where it has no such order."""
    name, descending = _sort(body)
    if name == "hs_object_id":
        return "id DESC" if descending else "id"
    if name == modified_property(kind):
        return "modified DESC, id" if descending else "modified, id"
    return ""


def _window_page(account: Account, kind: str, group: _Group, order: str, page: slice) -> tuple[int, list[Hit]]:
    """Total and page without a look at each record of the file."""
    records, modified = account.records(kind), modified_property(kind)
    by_time, sign = order.startswith("modified"), -1 if "DESC" in order else 1

    def rank(hit: Hit) -> float:
        return sign * (as_ms(hit[1].properties[modified]) if by_time else hit[0])

    in_memory = _kept_hits(account, kind, group)
    in_memory.sort(key=rank)
    count, found = records.unchanged(group.window, order)
    kept: Iterator[_Ranked] = ((rank(hit), *hit) for hit in in_memory)
    unchanged: Iterator[_Ranked] = ((sign * (time if by_time else one), one, None) for one, time in found)
    wanted = itertools.islice(heapq.merge(kept, unchanged), page.start, page.stop)
    return len(in_memory) + count, [(number, record or records[str(number)]) for _, number, record in wanted]


def _has_words(kind: str, record: StoredObject, query: str) -> bool:
    searched = " ".join(record.properties.get(name, "") for name in _QUERY_PROPERTIES[kind]).lower()
    return all(word in searched for word in query.split())


def _order(account: Account, kind: str, body: Json, found: list[Hit]) -> None:
    """Records without a value come last; equal ones by id. Without a sort: oldest created first."""
    name, descending = _sort(body)
    if not name:
        created = created_property(kind)
        found.sort(key=lambda hit: as_ms(hit[1].properties.get(created, "0")))
        return
    if name == "hs_object_id":
        if descending:
            found.reverse()
        return
    sort_key = number_key(_definition(account, kind, name)) or str.lower
    having = [hit for hit in found if hit[1].properties.get(name)]
    unset = [hit for hit in found if not hit[1].properties.get(name)]
    having.sort(key=lambda hit: sort_key(hit[1].properties[name]), reverse=descending)
    found[:] = having + unset


def _sort(body: Json) -> tuple[str, bool]:
    given = body.get("sorts")
    sorts = cast("list[object]", given) if isinstance(given, list) else []
    if len(sorts) > 1:
        raise invalid("A search takes one sort only.")
    if not sorts:
        return "", False
    if isinstance(sorts[0], str):
        return sorts[0].removeprefix("-"), sorts[0].startswith("-")
    one = as_object(sorts[0])
    return text(one, "propertyName"), text(one, "direction", "ASCENDING") == "DESCENDING"


ROUTES = (Route("POST", "/crm/v3/objects/{type}/search", "search", search),)
