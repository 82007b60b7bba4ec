"""How approved values reach the CRM: only where it still shows what the caller expects, and in as few calls as possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connector.batches import pieces
from connector.gateway import Gateway, Refusal, Update
from connector.records import Outcome, PropertyWrite, Record, WriteResult

_RECORDS_AT_ONCE = 100

_GONE = "The record is no longer in HubSpot: it was archived, deleted or merged into another one."
_CONFLICT = "Someone changed this property in HubSpot in the meantime; their value stays."
_TWICE = "Two different values were asked for this property at once; the first one was taken."


def write(gateway: Gateway, writes: Sequence[PropertyWrite]) -> list[WriteResult]:
    """One result per write, in the same order. N records cost at most ⌈N/100⌉ reads and ⌈N/100⌉ updates.

    A CRM that cannot be used raises and leaves open what was written; calling again with the same writes is safe,
    since a value that is already right counts as applied.
    """
    results: dict[str, WriteResult] = {}
    for object_type, by_record in _grouped(writes).items():
        for ids in pieces(list(by_record), _RECORDS_AT_ONCE):
            results |= _write_some(gateway, object_type, {one: by_record[one] for one in ids})
    return [results[one.key] for one in writes]


def _grouped(writes: Sequence[PropertyWrite]) -> dict[str, dict[str, list[PropertyWrite]]]:
    found: dict[str, dict[str, list[PropertyWrite]]] = {}
    for one in writes:
        found.setdefault(one.object_type, {}).setdefault(one.id, []).append(one)
    return found


def _write_some(
    gateway: Gateway, object_type: str, by_record: Mapping[str, Sequence[PropertyWrite]]
) -> dict[str, WriteResult]:
    names = sorted({one.property for some in by_record.values() for one in some})
    present = {one.id: one for one in gateway.read(object_type, list(by_record), names)}
    results: dict[str, WriteResult] = {}
    open_writes: dict[str, list[PropertyWrite]] = {}
    for record_id, some in by_record.items():
        decided, left = _compare(present.get(record_id), some)
        results |= decided
        if left:
            open_writes[record_id] = left
    updates = [Update(one, {each.property: each.value or None for each in left}) for one, left in open_writes.items()]
    refused: Mapping[str, Refusal] = gateway.update(object_type, updates) if updates else {}
    for record_id, left in open_writes.items():
        refusal = refused.get(record_id)
        for one in left:
            if refusal is None:
                results[one.key] = WriteResult(one.key, Outcome.APPLIED, written=True)
            else:
                results[one.key] = WriteResult(one.key, Outcome.FAILED, cause=refusal.cause)
    return results


def _compare(
    record: Record | None, writes: Sequence[PropertyWrite]
) -> tuple[dict[str, WriteResult], list[PropertyWrite]]:
    """What can be told without writing, and what is left to write."""
    decided: dict[str, WriteResult] = {}
    left: dict[str, PropertyWrite] = {}
    for one in writes:
        if record is None:
            decided[one.key] = WriteResult(one.key, Outcome.FAILED, cause=_GONE)
            continue
        seen = record.properties.get(one.property)
        taken = left.get(one.property)
        if same_value(seen, one.value):
            decided[one.key] = WriteResult(one.key, Outcome.APPLIED)
        elif not same_value(seen, one.expected):
            decided[one.key] = WriteResult(one.key, Outcome.CONFLICT, seen=seen, cause=_CONFLICT)
        elif taken is not None:
            decided[one.key] = WriteResult(one.key, Outcome.FAILED, seen=taken.value, cause=_TWICE)
        else:
            left[one.property] = one
    return decided, list(left.values())


def same_value(one: str | None, other: str | None) -> bool:
    """Missing and empty are the same; so are the same choices of a multi-select in another order."""
    if (one or "") == (other or ""):
        return True
    return bool(one and other and ";" in one and set(one.split(";")) == set(other.split(";")))
