"""Whether a click comes back: a card goes to an admin, and we wait a while for the press of its button."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from datetime import datetime

from jobs.acts.link import ADMINS
from jobs.checks.looking import Wrong
from jobs.checks.slack import set_up
from jobs.clock import system_clock
from jobs.database import snapshot
from jobs.ledger import arrivals
from jobs.people import Reached
from jobs.wiring import Parts
from rules.model import Person
from slack_app import probe
from slack_app.blocks.doctor import trial_card, trial_over
from slack_app.config import SlackConfig
from slack_app.courier import Posted
from slack_app.texts.catalogue import catalogue
from slack_app.texts.said import Said, Value

_LOOK_EVERY_S = 0.5


@dataclasses.dataclass(frozen=True, slots=True)
class Trial:
    """`to` is the mail address of whoever will press, an admin without it; `url` our address as Slack calls it."""

    to: str | None = None
    url: str | None = None
    wait_s: int = 120


def round_trip(parts: Parts, trial: Trial, announce: Callable[[Said], None], pause: Callable[[float], None]) -> Said:
    """Wrong, with what was missing, where no press arrives."""
    courier, config = set_up(parts)
    person, reached = _whom(parts, trial.to)
    if trial.url and not config.app_token:
        _try_address(config, trial.url)
    begun, test = parts.clock(), uuid.uuid4().hex
    say = catalogue(reached.language)
    card = courier.post(courier.direct_channel(reached.slack_user_id), trial_card(test, say), test)
    announce(Said("doctor.trial_waits", {"name": person.name, "seconds": trial.wait_s}))
    arrived = _wait(parts, test, trial.wait_s, pause)
    courier.update(Posted(card.channel, card.ts), trial_over(say, arrived=arrived), test)
    if not arrived:
        _say_what_is_missing(parts, config, begun, trial)
    return Said("doctor.trial", {"name": person.name})


def _whom(parts: Parts, mail: str | None) -> tuple[Person, Reached]:
    directory, now = parts.directory(), parts.clock()
    live = [person for person in parts.people().persons if person.live]
    if mail is not None:
        asked = [person for person in live if (person.email or "").lower() == mail.lower()]
    else:
        asked = [person for person in live if ADMINS in person.roles]
    for person in asked:
        reached = directory.reach(person.owner_id, now) if directory is not None else None
        if reached is not None and not reached.stands_in:
            return person, reached
    key = "doctor.trial_stranger" if mail is not None else "doctor.trial_nobody"
    raise Wrong(Said(key, {"mail": mail} if mail is not None else {}), "doctor.trial_nobody_remedy")


def _try_address(config: SlackConfig, url: str) -> None:
    found = probe.probe(url, config.signing_secret, system_clock().timestamp())
    if found.reached is not probe.Reached.OURS:
        key = f"doctor.address_{found.reached.value}"
        raise Wrong(Said(key, {"url": url, "detail": found.detail}), f"{key}_remedy")


def _wait(parts: Parts, test: str, seconds: float, pause: Callable[[float], None]) -> bool:
    for _ in range(max(1, round(seconds / _LOOK_EVERY_S))):
        pause(_LOOK_EVERY_S)
        with snapshot(parts.engine) as connection:
            if arrivals.pressed(connection, test):
                return True
    return False


def _say_what_is_missing(parts: Parts, config: SlackConfig, begun: datetime, trial: Trial) -> None:
    with snapshot(parts.engine) as connection:
        refused, last = arrivals.refused_since(connection, begun), arrivals.last_taken(connection)
    waited: dict[str, Value] = {"seconds": trial.wait_s}
    if refused is not None:
        raise Wrong(Said("doctor.trial_refused", {"reason": refused}), "doctor.address_refused_remedy")
    if config.app_token:
        raise Wrong(Said("doctor.trial_socket", waited), "doctor.trial_socket_remedy")
    if last is None:
        raise Wrong(Said("doctor.trial_silence", waited), "doctor.trial_silence_remedy")
    if last >= begun:
        raise Wrong(Said("doctor.trial_others", waited), "doctor.trial_others_remedy")
    at = last.astimezone(parts.rules().calendar.zone)
    said = {**waited, "at": f"{at:%Y-%m-%d %H:%M}"}
    raise Wrong(Said("doctor.trial_stopped", said), "doctor.trial_silence_remedy")
