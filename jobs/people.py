"""Who is who: CRM owners with their roles, and the Slack user behind each of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine, delete, insert, select

from connector.records import Owner
from jobs.database import snapshot, writing
from jobs.ledger import preferences
from jobs.ledger.tables import slack_people
from rules.model import People, Person
from slack_app.courier import Courier, SlackUser

log = structlog.get_logger()

_FOUND_FOR = timedelta(hours=24)
_MISSING_FOR = timedelta(hours=1)


def people_of(owners: Sequence[Owner], roles: Mapping[str, Sequence[str]]) -> People:
    """Every role that the settings give to one of an owner's team names or to the mail address, archived or not."""
    persons = [
        Person(
            owner_id=owner.id,
            name=owner.name,
            email=owner.email,
            user_id=owner.user_id,
            live=not owner.archived,
            roles=frozenset(role for role, names in roles.items() if _has(owner, names)),
        )
        for owner in owners
    ]
    return People(tuple(persons))


def _has(owner: Owner, names: Sequence[str]) -> bool:
    mail = (owner.email or "").lower()
    return any(name in owner.teams or name.lower() == mail for name in names)


class SlackDirectory:
    """Ties owners to Slack users by mail, or as settings name them, and remembers the answers in the database.

    A found person is asked for again after a day, a missing one after an hour.
    """

    def __init__(
        self,
        engine: Engine,
        courier: Courier,
        links: Mapping[str, str],
        people: Callable[[], People],
        default_language: str,
    ) -> None:
        self._engine = engine
        self._courier = courier
        self._links = {mail.lower(): to for mail, to in links.items()}
        self._people = people
        self._default_language = default_language

    def slack_user(self, owner_id: str, now: datetime) -> tuple[str, str] | None:
        """(Slack user id, language) of a live owner; None where Slack does not know the person."""
        person = self._people().person(owner_id)
        if person is None or not person.live:
            return None
        known = self._remembered(owner_id, now)
        if known is not None:
            return (known[0], self._language(*known)) if known[0] else None
        user = self._look_up(person)
        self._remember(owner_id, user, now)
        return (user.id, self._language(user.id, user.language)) if user else None

    def _language(self, slack_user_id: str | None, in_slack: str | None) -> str:
        """What the person chose on the Home tab, else what Slack says."""
        with snapshot(self._engine) as connection:
            chosen = preferences.read(connection, slack_user_id or "").language
        return chosen or in_slack or self._default_language

    def person_of(self, slack_user_id: str) -> tuple[Person | None, SlackUser | None]:
        """The CRM person behind a Slack user, and the user; None for either that is unknown or deactivated."""
        found = self._courier.user(slack_user_id)
        if found is None or not found.active:
            return None, None
        user = dataclasses.replace(found, language=self._language(found.id, found.language))
        mail = (user.email or "").lower()
        for person in self._people().persons:
            own = (person.email or "").lower()
            linked = self._links.get(own, own).lower()
            if person.live and linked and linked in {mail, slack_user_id.lower()}:
                return person, user
        return None, user

    def _look_up(self, person: Person) -> SlackUser | None:
        own = (person.email or "").lower()
        linked = self._links.get(own, own)
        if not linked:
            return None
        user = self._courier.user_by_email(linked) if "@" in linked else self._courier.user(linked)
        if user is None or not user.active:
            log.info("owner not in slack", owner=person.owner_id)
            return None
        return user

    def _remembered(self, owner_id: str, now: datetime) -> tuple[str | None, str | None] | None:
        with writing(self._engine) as connection:
            row = connection.execute(select(slack_people).where(slack_people.c.owner_id == owner_id)).first()
        if row is None:
            return None
        keeps = _FOUND_FOR if row.slack_user_id else _MISSING_FOR
        return (row.slack_user_id, row.language) if row.checked_at <= now < row.checked_at + keeps else None

    def _remember(self, owner_id: str, user: SlackUser | None, now: datetime) -> None:
        with writing(self._engine) as connection:
            connection.execute(delete(slack_people).where(slack_people.c.owner_id == owner_id))
            connection.execute(
                insert(slack_people).values(
                    owner_id=owner_id,
                    slack_user_id=user.id if user else None,
                    language=user.language if user else None,
                    checked_at=now,
                )
            )
