"""What changes when two records become one, or when a contact is erased for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.sandbox import writes
from connector.sandbox.association_types import LINK_TYPES
from connector.sandbox.effects import CONTACTING
from connector.sandbox.object_names import always_returned

if TYPE_CHECKING:
    from connector.sandbox.account import Account
    from connector.sandbox.links import Record


def merge(account: Account, kind: str, winner_id: str, loser_id: str) -> None:
    """The winner keeps its id and its values, takes the loser's where it has none, and all links and lists."""
    records = account.records(kind)
    winner, loser = records.for_change(winner_id), records.for_change(loser_id)
    account.index.hold((kind, winner_id), winner)
    kept = {*always_returned(kind), "hs_merged_object_ids"}
    taken = {
        name: value for name, value in loser.properties.items() if name not in kept and name not in winner.properties
    }
    old_ids = [*_ids(winner.properties), loser_id, *_ids(loser.properties)]
    if kind == "contacts":
        _join_lists(account, winner_id, loser_id)
    writes.archive(account, kind, loser_id)
    loser.merged_into = winner_id
    source = writes.Actor("MERGE_OBJECTS", f"id:{loser_id}")
    merged = taken | {"hs_merged_object_ids": ";".join(old_ids)}
    writes.set_silently(account, kind, winner_id, merged, source)
    _hold_unique_values(account, kind, winner_id, loser_id)
    _move_links(account, (kind, winner_id), (kind, loser_id))
    writes.touch(account, kind, winner_id)
    if kind == "contacts":
        for related in ("deals", *CONTACTING):
            writes.refresh_contact(account, winner_id, related)


def merge_into_new(account: Account, kind: str, one_id: str, other_id: str) -> str:
    """As HubSpot does it for some: both go into a record with an id of its own, which is answered."""
    new_id = writes.create(account, kind, {}, writes.Actor("MERGE_OBJECTS", f"id:{one_id}"))
    merge(account, kind, new_id, one_id)
    merge(account, kind, new_id, other_id)
    return new_id


def erase(account: Account, contact_id: str) -> None:
    """GDPR: the record, its links and memberships vanish, and its address cannot come back."""
    record = account.records("contacts")[contact_id]
    email = record.properties.get("email")
    if email:
        account.blocked_emails.add(email)
    for row in account.links.rows_of(("contacts", contact_id)):
        _remove_both_ways(account, row)
    for listed in account.portal.lists.values():
        listed.members.pop(contact_id, None)
    account.erase("contacts", contact_id)


def _ids(properties: dict[str, str]) -> list[str]:
    return [one for one in properties.get("hs_merged_object_ids", "").split(";") if one]


def _join_lists(account: Account, winner_id: str, loser_id: str) -> None:
    for listed in account.portal.lists.values():
        joined_at = listed.members.get(loser_id)
        if joined_at is not None:
            listed.members.setdefault(winner_id, joined_at)


def _hold_unique_values(account: Account, kind: str, winner_id: str, loser_id: str) -> None:
    # The loser's address stays taken: it is the winner's additional address now.
    loser = account.records(kind)[loser_id]
    for (unique_kind, name), holders in account.unique.items():
        value = loser.properties.get(name)
        if unique_kind == kind and value:
            holders.take_if_free(value, winner_id)


def _move_links(account: Account, winner: Record, loser: Record) -> None:
    types = {row[4] for row in account.links.rows_of(winner)}
    has_primary = {type_id for type_id in types if LINK_TYPES[type_id].label == "Primary"}
    for row in account.links.rows_of(loser):
        _remove_both_ways(account, row)
        _, _, to_type, to_id, type_id = row
        if type_id in has_primary:
            continue
        account.links.add((*winner, to_type, to_id, type_id))
        account.links.add((to_type, to_id, *winner, LINK_TYPES[type_id].inverse))


def _remove_both_ways(account: Account, row: tuple[str, str, str, str, int]) -> None:
    from_type, from_id, to_type, to_id, type_id = row
    account.links.remove(row)
    account.links.remove((to_type, to_id, from_type, from_id, LINK_TYPES[type_id].inverse))
