"""The calls on up to 100 records at once: batch read, create, update, upsert, archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.sandbox import writes
from connector.sandbox.call import Answer, Call, Route, inner, objects, text, texts
from connector.sandbox.errors import ApiError, Json, envelope, invalid
from connector.sandbox.moments import iso
from connector.sandbox.object_names import SINGULARS, TYPE_IDS, object_type
from connector.sandbox.objects_api import (
    API_USER,
    checked_links,
    create_linked,
    values_to_create,
    values_to_update,
)
from connector.sandbox.record_json import render, render_written, shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.sandbox.account import Account
    from connector.sandbox.holders import Holders
    from connector.sandbox.links import Record

_MOST = 100
_MOST_WITH_HISTORY = 50


def read(account: Account, call: Call) -> Answer:
    kind = object_type(call.params["type"])
    body = call.object()
    form = shape(account, kind, texts(body, "properties"), texts(body, "propertiesWithHistory"))
    inputs = _inputs(body, with_history=bool(form.histories))
    archived = call.flag("archived")
    asked = dict.fromkeys(text(one, "id") for one in inputs)
    holders = _holders(account, kind, text(body, "idProperty"))
    found: dict[str, Json] = {}
    missing: list[str] = []
    for given in asked:
        record_id = given if holders is None else holders.of(given.lower()) or ""
        record = account.records(kind).get(record_id)
        if record is None or record.archived != archived or record.merged_into is not None:
            missing.append(given)
        else:
            found[record_id] = render(account, kind, record_id, record, form)
    results = [found[record_id] for record_id in sorted(found, key=int)]
    return batch_answer(account, 200, results, [_not_found(kind, missing, [])] if missing else [])


def create(account: Account, call: Call) -> Answer:
    kind = object_type(call.params["type"])
    inputs = _inputs(call.object())
    ready: list[tuple[Json, dict[str, str], list[tuple[Record, int]]]] = []
    errors: list[Json] = []
    emails: set[str] = set()
    for one in inputs:
        try:
            values = values_to_create(account, kind, inner(one, "properties"))
            if values.get("email") in emails:
                raise invalid(f"Duplicate email {values['email']} found in batch input.")
            ready.append((one, values, checked_links(account, kind, one)))
            emails |= {values["email"]} if values.get("email") else set()
        except ApiError as refused:
            errors.append(_per_record(refused, one, inputs))
    results: list[Json] = []
    for one, values, wanted in ready:
        record_id = create_linked(account, kind, values, wanted)
        record = account.records(kind)[record_id]
        results.append(_traced(render_written(account, kind, record_id, record, record.properties), one))
    return batch_answer(account, 201, results, errors)


def update(account: Account, call: Call) -> Answer:
    kind = object_type(call.params["type"])
    inputs = _inputs(call.object())
    _refuse_non_unique(account, kind, inputs)
    _refuse_duplicates([text(one, "id") for one in inputs])
    ready: list[tuple[Json, str, dict[str, str]]] = []
    errors: list[Json] = []
    missing: list[Json] = []
    for one in inputs:
        record_id = _update_target(account, kind, one)
        if record_id is None:
            missing.append(one)
        elif record_id:
            try:
                ready.append((one, record_id, values_to_update(account, kind, record_id, inner(one, "properties"))))
            except ApiError as refused:
                may_split = account.switches.update_refuses_per_trace_id
                errors.append(_per_record(refused, one, inputs if may_split else [{}]))
    results: list[Json] = []
    for one, record_id, values in ready:
        changed = writes.update(account, kind, record_id, values, API_USER)
        record = account.records(kind)[record_id]
        results.append(_traced(render_written(account, kind, record_id, record, [*values, *changed]), one))
    if missing:
        ids = [text(one, "id") for one in missing]
        errors.append(_not_found(kind, ids, [text(one, "objectWriteTraceId") for one in missing]))
    return batch_answer(account, 200, results, errors)


def upsert(account: Account, call: Call) -> Answer:
    kind = object_type(call.params["type"])
    inputs = _inputs(call.object())
    _refuse_non_unique(account, kind, inputs)
    _refuse_duplicates([text(one, "id") for one in inputs])
    ready: list[tuple[Json, str, dict[str, str]]] = []
    errors: list[Json] = []
    for one in inputs:
        name, value = text(one, "idProperty", "hs_object_id"), text(one, "id")
        holders = _holders(account, kind, name)
        record_id = value if holders is None else holders.of(value.lower() if name == "email" else value) or ""
        given = inner(one, "properties")
        try:
            if account.is_live(kind, record_id):
                ready.append((one, record_id, values_to_update(account, kind, record_id, given)))
            else:
                ready.append((one, "", values_to_create(account, kind, {name: value} | given)))
        except ApiError as refused:
            errors.append(_per_record(refused, one, inputs))
    results: list[Json] = []
    for one, present_id, values in ready:
        record_id = present_id or writes.create(account, kind, values, API_USER)
        if present_id:
            writes.update(account, kind, record_id, values, API_USER)
        written = render_written(account, kind, record_id, account.records(kind)[record_id], values)
        results.append(_traced(written | {"new": not present_id}, one))
    return batch_answer(account, 200, results, errors)


def archive(account: Account, call: Call) -> Answer:
    kind = object_type(call.params["type"])
    for one in _inputs(call.object()):
        record_id = text(one, "id")
        if account.is_live(kind, record_id):
            writes.archive(account, kind, record_id)
    return Answer(204)


def batch_answer(account: Account, status: int, results: Sequence[Json], errors: list[Json]) -> Answer:
    """207 as soon as one input failed."""
    now = iso(account.now())
    payload: Json = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
    if errors:
        payload |= {"numErrors": len(errors), "errors": errors}
    return Answer(207 if errors else status, payload)


def _inputs(body: Json, with_history: bool = False) -> list[Json]:
    inputs = objects(body, "inputs")
    if with_history and len(inputs) > _MOST_WITH_HISTORY:
        raise invalid(
            f"The maximum number of inputs supported in a batch request for property histories is "
            f"{_MOST_WITH_HISTORY}. Please reduce the number of items and try again"
        )
    if len(inputs) > _MOST:
        raise invalid(f"The maximum number of inputs supported in a batch request is {_MOST}.")
    return inputs


def _update_target(account: Account, kind: str, one: Json) -> str | None:
    """The id to write to; "" when the input is to be left out without a word, None when it is not found."""
    name, value = text(one, "idProperty", "hs_object_id"), text(one, "id")
    holders = _holders(account, kind, name)
    record_id = value if holders is None else holders.of(value.lower() if name == "email" else value) or ""
    record = account.records(kind).get(record_id)
    if record is not None and record.merged_into is not None:
        return "" if account.switches.omit_merged_in_batch_update else None
    return None if record is None or record.archived else record_id


def _holders(account: Account, kind: str, id_property: str) -> Holders | None:
    """Of a unique property, or None when records are named by id."""
    if id_property in ("", "hs_object_id"):
        return None
    holders = account.unique.get((kind, id_property))
    if holders is None:
        raise invalid(f"Unable to perform read by non-unique {TYPE_IDS[kind]} property {id_property}")
    return holders


def _refuse_non_unique(account: Account, kind: str, inputs: list[Json]) -> None:
    for name in {text(one, "idProperty", "hs_object_id") for one in inputs}:
        if name != "hs_object_id" and (kind, name) not in account.unique:
            raise invalid(f"Unable to perform update/upsert by non-unique {TYPE_IDS[kind]} property {name}")


def _refuse_duplicates(ids: list[str]) -> None:
    repeated = [one for one in dict.fromkeys(ids) if ids.count(one) > 1]
    if repeated:
        message = f"Duplicate IDs found in batch input: [{', '.join(repeated)}]. IDs must be unique"
        raise invalid(message, context={"ids": repeated})


def _per_record(refused: ApiError, one: Json, inputs: list[Json]) -> Json:
    """The refusal as one entry of a 207; without a trace id on every input it refuses the whole batch."""
    if not all(text(each, "objectWriteTraceId") for each in inputs):
        raise refused
    context: Json = {"objectWriteTraceId": [text(one, "objectWriteTraceId")]}
    message = str(refused.payload.get("message", ""))
    if refused.status == 409:
        context["existingId"] = [message.rpartition(": ")[2]]
    return refused.payload | {"context": context}


def _not_found(kind: str, ids: list[str], trace_ids: list[str]) -> Json:
    context: Json = {"ids": ids}
    if any(trace_ids):
        context["objectWriteTraceId"] = trace_ids
    message = (
        f"Could not get some {SINGULARS[kind].upper()} objects, they may be deleted or not exist. "
        "Check that ids are valid."
    )
    return envelope(message, "OBJECT_NOT_FOUND", context=context)


def _traced(answer: Json, one: Json) -> Json:
    trace_id = text(one, "objectWriteTraceId")
    return answer | {"objectWriteTraceId": trace_id} if trace_id else answer


_BATCH = "/crm/v3/objects/{type}/batch"
ROUTES = (
    Route("POST", f"{_BATCH}/read", "batch_read", read),
    Route("POST", f"{_BATCH}/create", "batch_create", create),
    Route("POST", f"{_BATCH}/update", "batch_update", update),
    Route("POST", f"{_BATCH}/upsert", "batch_upsert", upsert),
    Route("POST", f"{_BATCH}/archive", "batch_archive", archive),
)
