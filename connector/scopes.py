"""Which permissions of HubSpot the program needs, and what goes without each."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Collection, Mapping

from connector.records import COMPANIES, DEALS, EMAILS


class Work(enum.Enum):
    """What a permission is needed for."""

    READING = "nothing is read and nothing decided, since rules would decide on half of the records"
    READING_COMPANIES = "companies are not read; rules that ask about them rest"
    READING_DEALS = "deals are not read; rules that ask about them rest"
    READING_EMAILS = "e-mails are not read; rules that ask about them rest"
    WRITING = "no value is written; what was approved waits"
    LISTS = "no list is kept; what was approved waits"
    NEW_DEALS = "no deal can be made or changed"
    COMPANIES = "no value of a company is written"


_NEEDED = {
    "crm.objects.contacts.read": Work.READING,
    "crm.objects.companies.read": Work.READING_COMPANIES,
    "crm.objects.deals.read": Work.READING_DEALS,
    "crm.objects.owners.read": Work.READING,
    "crm.objects.contacts.write": Work.WRITING,
    "crm.objects.companies.write": Work.COMPANIES,
    "crm.objects.deals.write": Work.NEW_DEALS,
    "crm.lists.read": Work.LISTS,
    "crm.lists.write": Work.LISTS,
}
# Needed where e-mails are read at all, which most portals do without.
_SOMETIMES = {"sales-email-read": Work.READING_EMAILS}
# What the reading goes on without.
_TYPES = {Work.READING_COMPANIES: COMPANIES, Work.READING_DEALS: DEALS, Work.READING_EMAILS: EMAILS}
LISTS_READ = "crm.lists.read"


@dataclasses.dataclass(frozen=True, slots=True)
class Lacking:
    """Permissions that the token has not got, and what rests for the lack of them."""

    scopes: tuple[str, ...]
    work: Work

    def __str__(self) -> str:
        return f"without {', '.join(self.scopes)} {self.work.value}"


def lacking(granted: Collection[str]) -> tuple[Lacking, ...]:
    return resting([name for name in _NEEDED if name not in granted])


def resting(missing: Collection[str]) -> tuple[Lacking, ...]:
    """The same for permissions that are known to be missing."""
    every = _NEEDED | _SOMETIMES
    found = {work: tuple(name for name in every if name in missing and every[name] is work) for work in Work}
    return tuple(Lacking(names, work) for work, names in found.items() if names)


def types_without(missing: Collection[str]) -> Mapping[str, str]:
    """The object types that cannot be read, each with the permission for it."""
    return {_TYPES[one.work]: one.scopes[0] for one in resting(missing) if one.work in _TYPES}
