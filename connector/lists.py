"""How a static list of contacts in the CRM comes to hold exactly its members."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from connector.gateway import Gateway
from connector.records import CrmList


@dataclasses.dataclass(frozen=True, slots=True)
class ListChange:
    """What was asked of the CRM. `unknown` are contacts that it does not know: they were archived or merged.

    `list` is None where there was nothing to be taken off, as the CRM has no such list.
    """

    list: CrmList | None
    added: tuple[str, ...]
    removed: tuple[str, ...]
    unknown: tuple[str, ...]


def change_list(gateway: Gateway, name: str, add: Collection[str], remove: Collection[str]) -> ListChange:
    """Add and remove members of the list of this name, which is made where it is missing and needed. Safe to repeat."""
    target = gateway.create_list(name) if add else gateway.find_list(name)
    if target is None:
        return ListChange(None, (), (), ())
    return _change(gateway, target, add, remove)


def settle_list(gateway: Gateway, name: str, wanted: Collection[str]) -> ListChange:
    """Make the members exactly `wanted`, whatever people did to the list since."""
    target = gateway.create_list(name)
    present = set(gateway.list_members(target.id))
    return _change(gateway, target, set(wanted) - present, present - set(wanted))


def _change(gateway: Gateway, target: CrmList, add: Collection[str], remove: Collection[str]) -> ListChange:
    added, removed = tuple(sorted(set(add), key=int)), tuple(sorted(set(remove) - set(add), key=int))
    unknown = gateway.change_members(target.id, added, removed) if added or removed else []
    missing = set(unknown)
    return ListChange(
        target,
        tuple(one for one in added if one not in missing),
        tuple(one for one in removed if one not in missing),
        tuple(unknown),
    )
