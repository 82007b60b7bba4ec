"""Which object type a path segment means: names, singular names and type ids are interchangeable."""

from __future__ import annotations

from connector.sandbox.errors import invalid

TYPE_IDS = {
    "contacts": "0-1",
    "companies": "0-2",
    "deals": "0-3",
    "tasks": "0-27",
    "notes": "0-46",
    "meetings": "0-47",
    "calls": "0-48",
    "emails": "0-49",
}
SINGULARS = {
    "contacts": "contact",
    "companies": "company",
    "deals": "deal",
    "tasks": "task",
    "notes": "note",
    "meetings": "meeting",
    "calls": "call",
    "emails": "email",
}
_BY_SEGMENT = {
    **{name: name for name in TYPE_IDS},
    **{type_id: name for name, type_id in TYPE_IDS.items()},
    **{singular: name for name, singular in SINGULARS.items()},
}


def object_type(segment: str) -> str:
    found = _BY_SEGMENT.get(segment.lower())
    if found is None:
        raise invalid(f"Unable to infer object type from: {segment}")
    return found


def modified_property(kind: str) -> str:
    return "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"


def created_property(kind: str) -> str:
    return "createdate" if kind in ("contacts", "companies", "deals") else "hs_createdate"


def always_returned(kind: str) -> tuple[str, ...]:
    return (created_property(kind), modified_property(kind), "hs_object_id")


def returned_unasked(kind: str) -> tuple[str, ...]:
    """What a read without `properties` gives besides the ones above."""
    return {
        "contacts": ("email", "firstname", "lastname"),
        "companies": ("name", "domain"),
        "deals": ("dealname", "amount", "closedate", "pipeline", "dealstage"),
    }.get(kind, ())
