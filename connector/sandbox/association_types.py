"""Which links may exist between two object types, by which type ids, in which direction."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class LinkType:
    """One direction of a link. `inverse` is the type id that the other record then shows."""

    type_id: int
    inverse: int
    from_type: str
    to_type: str
    name: str
    label: str | None = None


# (one side, other side, type id, inverse type id, the two v3 names, label). The default of a pair comes first.
_PAIRS: tuple[tuple[str, str, int, int, str, str, str | None], ...] = (
    ("contacts", "deals", 4, 3, "contact_to_deal", "deal_to_contact", None),
    ("contacts", "companies", 279, 280, "contact_to_company_unlabeled", "company_to_contact_unlabeled", None),
    ("contacts", "companies", 1, 2, "contact_to_company", "company_to_contact", "Primary"),
    ("deals", "companies", 341, 342, "deal_to_company_unlabeled", "company_to_deal_unlabeled", None),
    ("deals", "companies", 5, 6, "deal_to_company", "company_to_deal", "Primary"),
    ("contacts", "calls", 193, 194, "contact_to_call", "call_to_contact", None),
    ("contacts", "emails", 197, 198, "contact_to_email", "email_to_contact", None),
    ("contacts", "meetings", 199, 200, "contact_to_meeting_event", "meeting_event_to_contact", None),
    ("contacts", "notes", 201, 202, "contact_to_note", "note_to_contact", None),
    ("contacts", "tasks", 203, 204, "contact_to_task", "task_to_contact", None),
    ("companies", "calls", 181, 182, "company_to_call", "call_to_company", None),
    ("companies", "emails", 185, 186, "company_to_email", "email_to_company", None),
    ("companies", "meetings", 187, 188, "company_to_meeting_event", "meeting_event_to_company", None),
    ("companies", "notes", 189, 190, "company_to_note", "note_to_company", None),
    ("companies", "tasks", 191, 192, "company_to_task", "task_to_company", None),
    ("deals", "calls", 205, 206, "deal_to_call", "call_to_deal", None),
    ("deals", "emails", 209, 210, "deal_to_email", "email_to_deal", None),
    ("deals", "meetings", 211, 212, "deal_to_meeting_event", "meeting_event_to_deal", None),
    ("deals", "notes", 213, 214, "deal_to_note", "note_to_deal", None),
    ("deals", "tasks", 215, 216, "deal_to_task", "task_to_deal", None),
)


def _both_directions() -> dict[int, LinkType]:
    made: dict[int, LinkType] = {}
    for one, other, there, back, name, name_back, label in _PAIRS:
        made[there] = LinkType(there, back, one, other, name, label)
        made[back] = LinkType(back, there, other, one, name_back, label)
    return made


LINK_TYPES = _both_directions()
# The one primary company of a contact or deal: (type of the plain link, type of the primary one).
PRIMARY_OF = {279: 1, 341: 5}


def link_types_between(from_type: str, to_type: str) -> list[LinkType]:
    return [one for one in LINK_TYPES.values() if (one.from_type, one.to_type) == (from_type, to_type)]


def default_link(from_type: str, to_type: str) -> LinkType | None:
    return next(iter(link_types_between(from_type, to_type)), None)
