"""What changes when two records are linked or unlinked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.sandbox.association_types import LINK_TYPES, PRIMARY_OF, link_types_between
from connector.sandbox.effects import CONTACTING
from connector.sandbox.errors import invalid
from connector.sandbox.object_names import TYPE_IDS
from connector.sandbox.writes import refresh_contact

if TYPE_CHECKING:
    from connector.sandbox.account import Account
    from connector.sandbox.links import Record

_COUNTED = ("deals", *CONTACTING)


def check_direction(from_type: str, to_type: str, type_id: int) -> None:
    link = LINK_TYPES.get(type_id)
    if link is None:
        raise invalid(f"Association type {type_id} does not exist between {from_type} and {to_type}.")
    for side, given, expected in (("from", from_type, link.from_type), ("to", to_type, link.to_type)):
        if given != expected:
            raise invalid(
                f"invalid {side} object type {TYPE_IDS[given]} for associations to be created. "
                f"expected: {TYPE_IDS[expected]}"
            )


def link(account: Account, one: Record, other: Record, type_id: int, quiet: bool = False) -> None:
    """Store the link in both directions. The first company of a contact or deal also becomes its primary one."""
    _add(account, one, other, type_id)
    for plain, primary in PRIMARY_OF.items():
        if type_id == plain:
            _make_primary(account, one, other, primary, replace=False)
        elif type_id == LINK_TYPES[plain].inverse:
            _make_primary(account, other, one, primary, replace=False)
        elif type_id == primary:
            _make_primary(account, one, other, primary, replace=True)
        elif type_id == LINK_TYPES[primary].inverse:
            _make_primary(account, other, one, primary, replace=True)
    _recount(account, one, other, quiet)


def unlink(account: Account, one: Record, other: Record, quiet: bool = False) -> None:
    """Remove every link between the two. What a contact was last contacted is not recomputed."""
    for type_id in list(account.links.of(one, other[0]).get(other[1], ())):
        account.links.remove((*one, *other, type_id))
        account.links.remove((*other, *one, LINK_TYPES[type_id].inverse))
    for contact, linked in ((one, other), (other, one)):
        if contact[0] == "contacts" and linked[0] == "deals":
            refresh_contact(account, contact[1], "deals", quiet)


def _add(account: Account, one: Record, other: Record, type_id: int) -> None:
    account.links.add((*one, *other, type_id))
    account.links.add((*other, *one, LINK_TYPES[type_id].inverse))


def _make_primary(account: Account, record: Record, company: Record, primary: int, replace: bool) -> None:
    present = [company_id for company_id, types in account.links.of(record, "companies").items() if primary in types]
    if present and not replace:
        return
    for company_id in present:
        if company_id != company[1]:
            account.links.remove((*record, "companies", company_id, primary))
            account.links.remove(("companies", company_id, *record, LINK_TYPES[primary].inverse))
    for one in link_types_between(record[0], "companies"):
        # The primary company always shows the plain link as well.
        _add(account, record, company, one.type_id)


def _recount(account: Account, one: Record, other: Record, quiet: bool) -> None:
    for contact, linked in ((one, other), (other, one)):
        if contact[0] == "contacts" and linked[0] in _COUNTED:
            refresh_contact(account, contact[1], linked[0], quiet)
