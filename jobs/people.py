"""Who is who: CRM owners with their roles, and the Slack user behind each of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from sqlalchemy import Connection, Engine, Row, delete, insert, select

from connector.records import Owner
from jobs.database import snapshot, writing
from jobs.ledger import people_links, preferences
from jobs.ledger.people_links import BY_HAND, DENIED, Link
from jobs.ledger.tables import slack_people
from jobs.user_groups import PREFIX
from rules.model import People, Person
from slack_app.courier import Courier, SlackUser

log = structlog.get_logger()

_FOUND_FOR = timedelta(hours=24)
_MISSING_FOR = timedelta(hours=1)
# More would hold up the round: Slack lets us look up 40 people a minute.
_LOOKED_UP_AT_ONCE = 20
MANAGER = "Manager"
# They may act for everybody.
SEE_ALL_ROLES = frozenset({MANAGER, "Ops"})


def people_of(
    owners: Sequence[Owner],
    roles: Mapping[str, Sequence[str]],
    groups: Mapping[str, Collection[str]] | None = None,
) -> People:
    """Every role that the settings give to one of an owner's team names, to the mail address, or to a Slack user group,
    whose owners `groups` names; archived or not.
    """
    persons = [
        Person(
            owner_id=owner.id,
            name=owner.name,
            email=owner.email,
            user_id=owner.user_id,
            live=not owner.archived,
            roles=frozenset(role for role, names in roles.items() if _has(owner, names, groups or {})),
        )
        for owner in owners
    ]
    return People(tuple(persons))


def _has(owner: Owner, names: Sequence[str], groups: Mapping[str, Collection[str]]) -> bool:
    mail = (owner.email or "").lower()
    in_group = any(owner.id in groups.get(name.removeprefix(PREFIX), ()) for name in names if name.startswith(PREFIX))
    return in_group or any(name in owner.teams or name.lower() == mail for name in names)


@dataclasses.dataclass(frozen=True, slots=True)
class Absences:
    """What the settings say of people who are away: until when, by mail, and who stands in: a mail address, or
    `manager`; under `*` for everybody who is not named.
    """

    zone: ZoneInfo
    away: Mapping[str, date] = dataclasses.field(default_factory=dict[str, date])
    stand_ins: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])


@dataclasses.dataclass(frozen=True, slots=True)
class Reached:
    """The Slack user to whom an owner's messages go: the owner, or whoever stands in."""

    slack_user_id: str
    language: str
    owner_id: str
    stands_in: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Unreached:
    """An owner whose messages cannot go to the owner. `why` is `missing`, `denied` or `away`."""

    person: Person
    why: str
    until: date | None


class SlackDirectory:
    """Ties owners to Slack users as settings, an admin or the persons say, else by mail, and remembers the answers.

    A found person is asked for again after a day, a missing one after an hour.
    """

    def __init__(
        self,
        engine: Engine,
        courier: Courier,
        links: Mapping[str, str],
        people: Callable[[], People],
        default_language: str,
        absences: Absences,
    ) -> None:
        self._engine = engine
        self._courier = courier
        self._links = {mail.lower(): to for mail, to in links.items()}
        self._people = people
        self._default_language = default_language
        self._absences = absences

    def slack_user(self, owner_id: str, now: datetime) -> tuple[str, str] | None:
        """(Slack user id, language) of a live owner; None where Slack does not know the person."""
        person = self._people().person(owner_id)
        if person is None or not person.live:
            return None
        row = self._remembered(owner_id)
        if row is None or not _keeps(row, now):
            row = self._look_up_again(person, now)
        return (row.slack_user_id, self._language(row.slack_user_id, row.language)) if row.slack_user_id else None

    def reach(self, owner_id: str, now: datetime) -> Reached | None:
        """To whom an owner's messages go now; None where that is nobody."""
        person = self._people().person(owner_id)
        own = self.slack_user(owner_id, now)
        if own is not None and not (person and self._away(person, now)):
            return Reached(*own, owner_id, stands_in=False)
        for other in self._stand_ins(person, present=own is not None):
            found = self.slack_user(other.owner_id, now)
            if found is not None and not self._away(other, now):
                return Reached(*found, other.owner_id, stands_in=True)
        # Whoever is away and has nobody to stand in reads it late, but reads it.
        return Reached(*own, owner_id, stands_in=False) if own is not None else None

    def unreached(self, now: datetime) -> list[Unreached]:
        """The live owners whose messages do not go to themselves, as far as was looked."""
        with snapshot(self._engine) as connection:
            denied = {owner for owner, link in people_links.read(connection).items() if link.state == DENIED}
        found: list[Unreached] = []
        for person in self._looked_up():
            row = self._remembered(person.owner_id)
            if row is not None and row.slack_user_id is None:
                found.append(Unreached(person, "denied" if person.owner_id in denied else "missing", None))
            elif row is not None and self._away(person, now):
                found.append(Unreached(person, "away", self._away_until(person)))
        return found

    def look_around(self, now: datetime) -> None:
        """Look up whoever has not been looked up for long, some at a time, so that it is known who is not reached."""
        stale = [
            person
            for person in self._looked_up()
            if (row := self._remembered(person.owner_id)) is None or not _keeps(row, now)
        ]
        for person in stale[:_LOOKED_UP_AT_ONCE]:
            self._look_up_again(person, now)

    def forget(self, slack_user_id: str) -> None:
        """Slack says that this user has changed."""
        self._courier.forget(slack_user_id)
        with writing(self._engine) as connection:
            gone = slack_people.c.slack_user_id == slack_user_id
            connection.execute(delete(slack_people).where(gone | slack_people.c.slack_user_id.is_(None)))

    def person_of(self, slack_user_id: str) -> tuple[Person | None, SlackUser | None]:
        """The CRM person behind a Slack user, and the user; None for either that is unknown or deactivated."""
        found = self._courier.user(slack_user_id)
        if found is None or not found.active:
            return None, None
        with snapshot(self._engine) as connection:
            chosen = preferences.read(connection, found.id).language
            links = people_links.read(connection)
        user = dataclasses.replace(found, language=chosen or found.language or self._default_language)
        return next((person for person in self._people().persons if self._is(person, user, links)), None), user

    def is_settled(self, owner_id: str) -> bool:
        """Whether somebody has said who this owner is, so that the person need not be asked."""
        person = self._people().person(owner_id)
        return bool(person and (person.email or "").lower() in self._links) or owner_id in self._said()

    def _is(self, person: Person, user: SlackUser, links: Mapping[str, Link]) -> bool:
        own, link = (person.email or "").lower(), links.get(person.owner_id)
        if not person.live:
            return False
        if own in self._links:
            return self._links[own].lower() in {(user.email or "").lower(), user.id.lower()}
        if link is not None and link.state == BY_HAND:
            return link.slack_user_id == user.id
        if link == Link(user.id, DENIED):
            return False
        return bool(own) and own == (user.email or "").lower()

    def _look_up(self, person: Person) -> SlackUser | None:
        own = (person.email or "").lower()
        link = self._said().get(person.owner_id)
        named = self._links.get(own) or (link.slack_user_id if link and link.state == BY_HAND else own)
        if not named:
            return None
        user = self._courier.user_by_email(named) if "@" in named else self._courier.user(named)
        if user is None or not user.active or (own not in self._links and link == Link(user.id, DENIED)):
            log.info("owner not in slack", owner=person.owner_id)
            return None
        return user

    def _stand_ins(self, person: Person | None, *, present: bool) -> Iterator[Person]:
        """Named by the settings; else a manager for whoever is away, and nobody for whom Slack does not know."""
        if person is None:
            return
        named = self._absences.stand_ins.get((person.email or "").lower()) or self._absences.stand_ins.get("*")
        for other in self._people().persons:
            is_meant = MANAGER in other.roles if named in {None, "manager"} else (other.email or "").lower() == named
            if other.live and is_meant and other.owner_id != person.owner_id and (named or present):
                yield other

    def _away(self, person: Person, now: datetime) -> bool:
        until, row = self._away_until(person), self._remembered(person.owner_id)
        today = now.astimezone(self._absences.zone).date()
        return (until is not None and today <= until) or bool(row is not None and row.away)

    def _away_until(self, person: Person) -> date | None:
        with snapshot(self._engine) as connection:
            chosen = preferences.away_until(connection, person.owner_id)
        said = self._absences.away.get((person.email or "").lower())
        return max((day for day in (chosen, said) if day is not None), default=None)

    def _looked_up(self) -> list[Person]:
        return [person for person in self._people().persons if person.live and person.email]

    def _said(self) -> Mapping[str, Link]:
        with snapshot(self._engine) as connection:
            return people_links.read(connection)

    def _language(self, slack_user_id: str | None, in_slack: str | None) -> str:
        """What the person chose on the Home tab, else what Slack says."""
        with snapshot(self._engine) as connection:
            chosen = preferences.read(connection, slack_user_id or "").language
        return chosen or in_slack or self._default_language

    def _remembered(self, owner_id: str) -> Row[Any] | None:
        with snapshot(self._engine) as connection:
            return connection.execute(select(slack_people).where(slack_people.c.owner_id == owner_id)).first()

    def _look_up_again(self, person: Person, now: datetime) -> Row[Any]:
        user = self._look_up(person)
        with writing(self._engine) as connection:
            connection.execute(delete(slack_people).where(slack_people.c.owner_id == person.owner_id))
            stored = insert(slack_people).values(
                owner_id=person.owner_id,
                slack_user_id=user.id if user else None,
                language=user.language if user else None,
                away=user.away if user else None,
                time_zone=user.time_zone if user else None,
                checked_at=now,
            )
            return connection.execute(stored.returning(slack_people)).one()


def _keeps(row: Row[Any], now: datetime) -> bool:
    return row.checked_at <= now < row.checked_at + (_FOUND_FOR if row.slack_user_id else _MISSING_FOR)


def slack_user_of(connection: Connection, owner_id: str | None) -> str | None:
    """The Slack user id that was last found for an owner."""
    if owner_id is None:
        return None
    return connection.execute(select(slack_people.c.slack_user_id).where(slack_people.c.owner_id == owner_id)).scalar()


def other_zones(connection: Connection, firm: ZoneInfo) -> dict[str, ZoneInfo]:
    """The owners whom Slack knows in another zone than the firm's."""
    elsewhere = slack_people.c.time_zone != firm.key  # unequal to nothing is not known
    rows = connection.execute(select(slack_people.c.owner_id, slack_people.c.time_zone).where(elsewhere))
    return {row.owner_id: zone for row in rows if (zone := _zone(row.time_zone))}


def _zone(name: str) -> ZoneInfo | None:
    """None where this machine does not know Slack's name for it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
