"""The running service: scheduler, Slack endpoint, the process that makes the rounds, and an orderly stop."""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Callable, Generator
from datetime import time
from typing import Any

import structlog
import uvicorn
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from starlette.applications import Starlette

from jobs.acts.shown import Screens
from jobs.alarm import Watching, watching
from jobs.clock import system_clock
from jobs.database import leave_checkpoints
from jobs.listening import bind
from jobs.permissions import tell_missing
from jobs.round_keeper import RoundKeeper
from jobs.round_process import SWITCH_SECONDS
from jobs.service import Refusals, Service
from jobs.wiring import Parts
from slack_app.app import build_app
from slack_app.endpoint import slack_routes
from slack_app.errors import SlackError
from slack_app.socket_mode import SocketMode

log = structlog.get_logger()

# The digest and the leak check have cycles of their own at their minute, whatever the interval: nobody waits for the
# next round to get the morning's list.
_MISFIRE_SECONDS = 3600


def schedule(parts: Parts, make_round: Callable[[], None]) -> Any:
    """An APScheduler scheduler, which has no types: one job, made by several triggers; a round that is still running is never started a second time."""
    zone = parts.rules().calendar.zone
    scheduler: Any = BackgroundScheduler(timezone=zone)
    options: dict[str, Any] = {"max_instances": 1, "coalesce": True, "misfire_grace_time": _MISFIRE_SECONDS}
    every = parts.settings.file.service.cycle_every_minutes
    scheduler.add_job(make_round, IntervalTrigger(minutes=every, timezone=zone), id="cycle", **options)
    reminders = parts.settings.file.reminders
    for name, at in (("digest", reminders.digest_at), ("leak check", reminders.leak_check_at)):
        scheduler.add_job(make_round, _daily(at, zone), id=name, **options)
    return scheduler


def _daily(at: time, zone: Any) -> CronTrigger:
    return CronTrigger(hour=at.hour, minute=at.minute, second=0, timezone=zone)


def endpoint(parts: Parts) -> Starlette:
    """The web application that Slack talks to; it answers nothing where Slack is not set up, or we connect to Slack."""
    config = parts.slack_config()
    if config is None:
        log.warning("slack not configured")
    if config is None or config.app_token:
        return Starlette()
    if not config.signing_secret:
        # Anybody can sign with no secret.
        log.error(
            "slack requests refused", remedy="put SLACK_SIGNING_SECRET, or SLACK_APP_TOKEN for Socket Mode, into .env"
        )
        return Starlette()
    return Starlette(routes=slack_routes(build_app(config, Service(parts)), Refusals(parts)))


def socket_mode(parts: Parts) -> SocketMode | None:
    """Our own connection to Slack, where the settings have a token for it."""
    config = parts.slack_config()
    return SocketMode(build_app(config, Service(parts)), config) if config and config.app_token else None


def watched(parts: Parts, socket: SocketMode | None) -> Watching:
    """The service as the alarm sees it. Real time, not the settings' clock: a stand-in's would hang with the stand-in."""
    courier = parts.courier()

    def slack_answers() -> bool:
        try:
            return socket.connected if socket is not None else courier is not None and bool(courier.check())
        except SlackError:
            return False

    answers = slack_answers if courier else None
    return watching(parts.settings, system_clock, parts.rules().calendar.zone, answers, parts.engine)


def serve(parts: Parts, *, host: str, port: int, ready: Callable[[str], None], first_round: bool = True) -> None:
    """Serve until SIGTERM or Ctrl-C: stop taking requests, let the running round finish without waiting for anybody, then
    leave.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    leave_checkpoints(parts.engine)
    parts.rules()
    socket = socket_mode(parts)
    guard = watched(parts, socket)
    rounds = RoundKeeper(parts.settings, guard.signs.round_made, parts.follow_rules)
    scheduler = schedule(parts, rounds.make)
    listening = bind(host, port)
    server = _Server(uvicorn.Config(endpoint(parts), log_level=logging.WARNING, timeout_graceful_shutdown=10))
    address = f"http://{host}:{listening.getsockname()[1]}"
    server.when_started = lambda: ready(address)
    if socket is not None:
        socket.start()
    guard.start()
    rounds.start()
    # From a thread of its own: even a process that takes nothing more must not hold up a click.
    screens = Screens(rounds.show)
    screens.start()
    parts.show_later, parts.forget_elsewhere = screens.show, rounds.forget
    scheduler.start()
    if first_round:
        scheduler.add_job(lambda: _begin(parts, rounds), next_run_time=system_clock(), id="first round")
    try:
        server.run(sockets=[listening])
    finally:
        guard.stop()
        if socket is not None:
            socket.stop()
        screens.stop()
        parts.patience.end()
        scheduler.shutdown(wait=True)
        rounds.stop()
        log.info("stopped")


def _begin(parts: Parts, rounds: RoundKeeper) -> None:
    """Beside the server: a CRM that is away must not keep Slack waiting."""
    tell_missing(parts)
    rounds.make()


class _Server(uvicorn.Server):
    """Says when it listens, which uvicorn only logs, and ends quietly when asked to.

    uvicorn by itself raises the signal once more when it has stopped, which would end the process before the
    scheduler and the stand-ins of a demo are stopped.
    """

    when_started: Callable[[], None] = staticmethod(lambda: None)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.when_started()
