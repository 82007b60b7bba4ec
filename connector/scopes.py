"""Which permissions of HubSpot the program needs, and what goes without each."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Collection


class Work(enum.Enum):
    """What a permission is needed for."""

    READING = "nothing is read and nothing decided, since rules would decide on half of the records"
    WRITING = "no value is written; what was approved waits"
    LISTS = "no list is kept; what was approved waits"
    NEW_DEALS = "no deal can be made or changed"
    COMPANIES = "no value of a company is written"


_NEEDED = {
    "crm.objects.contacts.read": Work.READING,
    "crm.objects.companies.read": Work.READING,
    "crm.objects.deals.read": Work.READING,
    "crm.objects.owners.read": Work.READING,
    "crm.objects.contacts.write": Work.WRITING,
    "crm.objects.companies.write": Work.COMPANIES,
    "crm.objects.deals.write": Work.NEW_DEALS,
    "crm.lists.read": Work.LISTS,
    "crm.lists.write": Work.LISTS,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Lacking:
    """Permissions that the token has not got, and what rests for the lack of them."""

    scopes: tuple[str, ...]
    work: Work

    def __str__(self) -> str:
        return f"without {', '.join(self.scopes)} {self.work.value}"


def lacking(granted: Collection[str]) -> tuple[Lacking, ...]:
    missing = {name: work for name, work in _NEEDED.items() if name not in granted}
    return tuple(
        Lacking(tuple(name for name in missing if missing[name] is work), work)
        for work in Work
        if work in missing.values()
    )
