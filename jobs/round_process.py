"""The process of its own in which rounds are made and messages edited: a click must not wait for their computing.

`RoundKeeper` starts it and speaks with it through a pair of sockets. When the service is gone, so is the pair: the round
that is under way is finished, and this process ends.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Any

import structlog

from jobs.acts.shown import Screens, bring_up_to_date
from jobs.output import set_up_logs
from jobs.rounds import Rounds
from jobs.wiring import Parts
from slack_app.listeners.after_ack import where

log = structlog.get_logger()

# What the service says: the settings first, then these. What it hears: how far the rules are, and a round made.
MAKE, SHOW, FORGET, STOP = "make a round", "show findings", "forget a user", "stop"
RULES, MADE = "rules in use", "round made"
# Where processors are few, those come first who wait for an answer: a round may take a little longer.
_NICENESS = 10
# A thread that comes back from the database waits so long for one that computes: Python's 5 ms, after each of the
# statements of a transaction, would keep others from writing ten times longer than the statements do.
SWITCH_SECONDS = 0.0005
# A few pages of records: Python's 700 are less than one, so that each was searched for garbage before it was stored.
_NEW_OBJECTS = 10_000


def collect_rarely() -> None:
    """Before the work begins: what is imported stays, and is not searched for garbage time and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])


def work(parts: Parts, service: Any) -> None:
    """Do what the service says until it says stop, or is gone. `service` is a `Connection`."""
    voice = _Voice(parts, service)
    rounds = Rounds(parts, voice.made, voice.progress)
    screens = Screens(lambda ids: bring_up_to_date(parts, ids, parts.clock()))
    screens.start()
    running: Future[None] | None = None
    with ThreadPoolExecutor(1, thread_name_prefix="rounds") as maker:
        while (order := _heard(service))[0] != STOP:
            word, value = order
            if word == MAKE and (running is None or running.done()):
                running = maker.submit(rounds.make)
                running.add_done_callback(_say_broken_off)
            elif word == SHOW:
                screens.show(value)
            elif word == FORGET and (courier := parts.courier()) is not None:
                courier.forget(value)
        screens.stop()
        parts.patience.end()


def _heard(service: Any) -> tuple[str, Any]:
    try:
        return service.recv()
    except (EOFError, OSError):
        return STOP, None


def _say_broken_off(round_: Future[None]) -> None:
    """A mistake of ours ends one round, not all. Its words stay out of the log: they may quote a record."""
    error = round_.exception()
    if error is not None:
        log.error("round broken off", error=type(error).__name__, where=where(error.__traceback__))


class _Voice:
    """Tells the service what it must know of the rounds. Nobody is told when it is gone: the round goes on."""

    def __init__(self, parts: Parts, service: Any) -> None:
        self._parts, self._service = parts, service
        self._lock = threading.Lock()
        self._step = ""

    def made(self, troubled: Collection[str]) -> None:
        self._say(MADE, frozenset(troubled))

    def progress(self, step: str, _done: int, _total: int | None) -> None:
        """Which rules are in use changes between two steps of a round."""
        if step != self._step:
            self._step = step
            self._say(RULES, self._parts.rule_files())

    def _say(self, word: str, value: Any) -> None:
        try:
            with self._lock:
                self._service.send((word, value))
        except OSError:
            return


def main(descriptor: int) -> None:
    # Only the service says when to stop: a supervisor's signal may reach every process of its group.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    os.nice(_NICENESS)
    sys.setswitchinterval(SWITCH_SECONDS)
    collect_rarely()
    with Connection(descriptor) as service:
        settings, level = service.recv()
        set_up_logs(level)
        work(Parts(settings), service)


if __name__ == "__main__":
    main(int(sys.argv[1]))
