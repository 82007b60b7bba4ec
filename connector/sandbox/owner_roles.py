"""Who the CRM's owners are to the firm: their roles by team, and which of them are gone."""

from __future__ import annotations

import dataclasses

from connector.sandbox.reading import as_id
from connector.sandbox.state import Portal

ROLES = frozenset({"IS", "FS", "Marketing", "Telemarketing", "Manager", "Ops"})


@dataclasses.dataclass(frozen=True, slots=True)
class OwnerRoles:
    """Ids are numbers. Archived owners keep their teams, and so their roles."""

    roles: dict[int, frozenset[str]]
    archived: frozenset[int]
    owner_by_user: dict[int, int]

    def of(self, owner_id: int | None) -> frozenset[str]:
        return frozenset() if owner_id is None else self.roles.get(owner_id, frozenset())

    def is_fs(self, owner_id: int | None) -> bool:
        return "FS" in self.of(owner_id)

    def gone(self, owner_id: int) -> bool:
        return owner_id in self.archived or owner_id not in self.roles

    def of_user(self, user_id: int | None) -> frozenset[str] | None:
        """None when the user is no owner's."""
        if user_id is None or user_id not in self.owner_by_user:
            return None
        return self.of(self.owner_by_user[user_id])


def owner_roles(portal: Portal) -> OwnerRoles:
    owners = {as_id(owner.id) or 0: owner for owner in portal.owners.values()}
    # A person who was deactivated and came back has two owners with one user: the live one speaks for the user.
    ordered = sorted(owners.items(), key=lambda item: (not item[1].archived, -item[0]))
    return OwnerRoles(
        roles={key: frozenset(team.name for team in owner.teams) & ROLES for key, owner in owners.items()},
        archived=frozenset(key for key, owner in owners.items() if owner.archived),
        owner_by_user={owner.user_id: key for key, owner in ordered},
    )
