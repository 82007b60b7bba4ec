"""When something that must happen again and again does not: a person learns it on another path than Slack, once."""

from __future__ import annotations

import dataclasses
import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

import structlog
from sqlalchemy import Engine

from jobs.alarm_memory import Change, Memory
from jobs.clock import Clock
from jobs.errors import SettingsWrong
from jobs.settings import Settings
from jobs.telling import Mail, NotTold, Teller, Webhook, ping
from slack_app.texts.catalogue import catalogue
from slack_app.texts.dates import moment_words

log = structlog.get_logger()

ROUND, MESSAGES, SLACK = "round", "messages", "slack"
# A person's lunch is longer, and a restart shorter.
_LEAST = timedelta(minutes=15)
_INTERVALS = 3
_LOOK_EVERY_S = 30


def overdue_after(every_minutes: int, set_minutes: int) -> timedelta:
    """How long is too long: as set, else three intervals, but at least a quarter of an hour."""
    return timedelta(minutes=set_minutes) or max(_LEAST, _INTERVALS * timedelta(minutes=every_minutes))


class Watch:
    """When each thing last went well. Told from any thread; forgets nothing and waits for nobody. `out` stood still
    already, and goes on doing so, when the service began.
    """

    def __init__(self, things: Collection[str], limit: timedelta, now: datetime, out: Mapping[str, datetime]) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._good_at = {what: out.get(what, now) for what in things}
        self._out = dict(out)

    def good(self, what: str, now: datetime) -> None:
        with self._lock:
            if what in self._good_at:
                self._good_at[what] = now

    def look(self, now: datetime) -> list[Change]:
        """What has become overdue since the last look, and what is over."""
        changes: list[Change] = []
        with self._lock:
            for what, good_at in self._good_at.items():
                since = self._out.get(what)
                if since is None and now - good_at > self._limit:
                    self._out[what] = good_at
                    changes.append(Change(what, good_at))
                elif since is not None and good_at > since:
                    changes.append(Change(what, self._out.pop(what), good_at))
        return changes


class Alarm:
    """Looks from a thread of its own, which touches neither database, CRM, Slack nor scheduler: all of them may hang."""

    def __init__(
        self,
        watch: Watch,
        untold: Mapping[Teller, Sequence[Change]],
        memory: Memory,
        clock: Clock,
        language: str,
        zone: tzinfo,
    ) -> None:
        self._watch, self._memory, self._clock = watch, memory, clock
        self._say, self._zone = catalogue(language), zone
        # What each has still to be told: a mail server may be away in the same storm.
        self._untold = [(teller, deque(changes)) for teller, changes in untold.items()]
        self._silent: set[str] = set()
        self._stopped = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="alarm", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def look(self) -> None:
        """Tell what has changed, and once more what could not be told before."""
        changes = self._watch.look(self._clock())
        for change in changes:
            event = "overdue" if change.back_at is None else "overdue no more"
            log.error(event, what=change.what, since=change.since.isoformat(timespec="seconds"))
        for teller, untold in self._untold:
            untold.extend(changes)
            self._tell(teller, untold)

    def _run(self) -> None:
        while not self._stopped.wait(_LOOK_EVERY_S):
            self.look()

    def _tell(self, teller: Teller, untold: deque[Change]) -> None:
        try:
            while untold:
                teller.tell(*self._words(untold[0]))
                self._memory.note(teller.name, untold.popleft())
        except NotTold as error:
            if teller.name not in self._silent:
                log.error("alarm not told", to=teller.name, reason=str(error))
            self._silent.add(teller.name)
        else:
            self._silent.discard(teller.name)

    def _words(self, change: Change) -> tuple[str, str]:
        """A subject and a text."""
        since = moment_words(change.since.astimezone(self._zone), self._say.language)
        if change.back_at is None:
            return self._say.plain("alarm.subject"), self._say.plain(f"alarm.{change.what}_late", since=since)
        minutes = round((change.back_at - change.since).total_seconds() / 60)
        text = self._say.plain(f"alarm.{change.what}_back", since=since, minutes=minutes)
        return self._say.plain("alarm.subject_back"), text


class Signs:
    """What the service notes of its own life: after each round, and when Slack answers."""

    def __init__(self, watch: Watch, clock: Clock, ping_url: str = "") -> None:
        self._watch, self._clock, self._ping_url = watch, clock, ping_url
        self._ping_fails = False

    def round_made(self, troubled: Collection[str]) -> None:
        """`troubled` names the steps that could not be made. Mistakes in rule files are told to the admins in Slack."""
        now = self._clock()
        if "sync" not in troubled:
            self._watch.good(ROUND, now)
        if "messages" not in troubled:
            self._watch.good(MESSAGES, now)
        if not {"sync", "messages"} & set(troubled):
            self._send_ping()

    def slack_answered(self) -> None:
        self._watch.good(SLACK, self._clock())

    def _send_ping(self) -> None:
        if not self._ping_url:
            return
        try:
            ping(self._ping_url)
        except NotTold as error:
            if not self._ping_fails:
                log.error("ping not sent", reason=str(error))
            self._ping_fails = True
        else:
            self._ping_fails = False


class Pulse:
    """Asks now and then whether Slack is there, from a thread that may hang without harm to the alarm."""

    def __init__(self, is_there: Callable[[], bool], signs: Signs) -> None:
        self._is_there, self._signs = is_there, signs
        self._stopped = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="pulse", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def feel(self) -> None:
        if self._is_there():
            self._signs.slack_answered()

    def _run(self) -> None:
        self.feel()
        while not self._stopped.wait(2 * _LOOK_EVERY_S):
            self.feel()


@dataclasses.dataclass(frozen=True, slots=True)
class Watching:
    """What runs beside the service; nothing but the notes where nobody is to be told."""

    signs: Signs
    alarm: Alarm | None
    pulse: Pulse | None
    memory: Memory | None

    def start(self) -> None:
        for one in (self.alarm, self.pulse, self.memory):
            if one is not None:
                one.start()

    def stop(self) -> None:
        for one in (self.alarm, self.pulse, self.memory):
            if one is not None:
                one.stop()


def watching(
    settings: Settings, clock: Clock, zone: tzinfo, slack_answers: Callable[[], bool] | None, engine: Engine
) -> Watching:
    """`slack_answers` is None where Slack is not set up: nothing is expected of it then."""
    section = settings.file.alarm
    things = (ROUND,) if slack_answers is None else (ROUND, MESSAGES, SLACK)
    limit = overdue_after(settings.file.service.cycle_every_minutes, section.overdue_minutes)
    tellers = tellers_of(settings)
    memory = Memory(engine)
    told = memory.told([teller.name for teller in tellers], things)
    # Whoever was not reached before the service ended is told now.
    out = {what: since for known in told.values() for what, since in known.items()}
    untold = {
        teller: [Change(what, since) for what, since in out.items() if what not in told[teller.name]]
        for teller in tellers
    }
    watch = Watch(things, limit, clock(), out)
    ping_url = settings.environment.mimawari_ping_url
    signs = Signs(watch, clock, ping_url.get_secret_value() if ping_url else "")
    if not tellers:
        return Watching(signs, None, None, None)
    pulse = Pulse(slack_answers, signs) if slack_answers is not None else None
    alarm = Alarm(watch, untold, memory, clock, settings.file.service.language, zone)
    return Watching(signs, alarm, pulse, memory)


def tellers_of(settings: Settings) -> list[Teller]:
    """Those who take words."""
    section, environment = settings.file.alarm, settings.environment
    webhook_url, smtp_url = environment.mimawari_webhook_url, environment.mimawari_smtp_url
    tellers: list[Teller] = []
    if webhook_url is not None:
        tellers.append(Webhook(webhook_url.get_secret_value()))
    if section.email_to:
        if smtp_url is None:
            raise SettingsWrong("[alarm] email_to: MIMAWARI_SMTP_URL does not say which server sends the mail.")
        tellers.append(Mail(smtp_url.get_secret_value(), section.email_from, section.email_to))
    return tellers
