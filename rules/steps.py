"""What the last change of a contact's lead status was by the table of steps: which pair, and taken in which role.

The roles are judged by `transitions`, so that a person is told the same before the step and after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, false, func, literal, or_

from rules.model import ROLES, People, StatusGroup, Vocabulary
from rules.transitions import TELEMARKETING, judge

FIRST, ALLOWED, WRONG_ROLE, NOT_ALLOWED = "first", "allowed", "wrong_role", "not_allowed"
_TO = ">"


def standings(people: People) -> dict[frozenset[str], int]:
    """A number for each set of roles that somebody has."""
    sets = {person.roles for person in people.by_user().values()}
    return {roles: number for number, roles in enumerate(sorted(sets, key=sorted))}


def setters(people: People) -> list[dict[str, Any]]:
    """The rows of `status_setters`."""
    numbers = standings(people)
    return [
        {"user_id": user_id, "owner_id": person.owner_id, "standing": numbers[person.roles]}
        for user_id, person in people.by_user().items()
    ]


def last_step(
    vocabulary: Vocabulary, people: People, change: FromClause, setter: FromClause, owner: ColumnElement[Any]
) -> ColumnElement[str]:
    """`change` is a row of `contact_history` and `setter` of `status_setters`; either may be all NULL.

    What a contact came with is no step, and a user who is nobody's here has no role to be judged by.
    """
    meaningful = vocabulary.values(StatusGroup.WORK, StatusGroup.PARKED)
    come_from = case((change.c.before.in_(meaningful), change.c.before), else_="")
    pair = come_from + literal(_TO) + func.coalesce(change.c.value, "")
    pairs = [_pair(*step) for step in vocabulary.steps]
    return case(
        (func.coalesce(change.c.is_first, literal(value=True)), FIRST),
        (pair.not_in(pairs), NOT_ALLOWED),
        (setter.c.standing.is_(None), ALLOWED),
        (or_(false(), *_may(vocabulary, people, pair, setter, owner)), ALLOWED),
        else_=WRONG_ROLE,
    )


def _may(
    vocabulary: Vocabulary,
    people: People,
    pair: ColumnElement[str],
    setter: FromClause,
    owner: ColumnElement[Any],
) -> Iterator[ColumnElement[bool]]:
    owned = owner.in_(people.with_role(TELEMARKETING))
    for roles, number in standings(people).items():
        on_any, on_its_own = _pairs(vocabulary, roles, ()), _pairs(vocabulary, roles, ROLES)
        yield and_(setter.c.standing == number, pair.in_(on_any))
        if on_its_own != on_any:
            yield and_(setter.c.standing == number, pair.in_(on_its_own), owned)


def _pairs(vocabulary: Vocabulary, roles: frozenset[str], owner_roles: tuple[str, ...]) -> list[str]:
    return [_pair(*step) for step in vocabulary.steps if judge(vocabulary, *step, roles, owner_roles).allowed]


def _pair(present: str | None, wanted: str) -> str:
    return f"{present or ''}{_TO}{wanted}"
