"""Starts the process that makes the rounds, speaks with it, and starts another one when it dies."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from multiprocessing import Pipe
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from jobs.errors import JobError
from jobs.round_process import FORGET, MADE, MAKE, RULES, SHOW, STOP
from jobs.settings import Settings

log = structlog.get_logger()

# A process that dies at each start must not be all that this machine does.
_REST_S = 5.0
_COMMAND = (sys.executable, "-m", "jobs.round_process")


class RoundKeeper:
    """`made` hears after each round which steps could not be made, `rules` which rule files are in use and which wait.

    What was said to a process that has died is lost, and made up for by the next round.
    """

    def __init__(
        self,
        settings: Settings,
        made: Callable[[Collection[str]], None],
        rules: Callable[[tuple[Any, Any]], None],
        *,
        rest_s: float = _REST_S,
        command: Sequence[str] = _COMMAND,
    ) -> None:
        self._settings, self._rest_s, self._command = settings, rest_s, command
        self._hears: Mapping[str, Callable[[Any], None]] = {MADE: made, RULES: rules}
        self._speaking = threading.Lock()
        self._stopped = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="round-keeper", daemon=True)

    def start(self) -> None:
        self._begin()
        self._watcher.start()

    @property
    def process_id(self) -> int:
        return self._process.pid

    def make(self) -> None:
        """Have a round made, unless one is being made."""
        self._say(MAKE)

    def show(self, finding_ids: Collection[int]) -> None:
        """Have the messages that show these brought up to date."""
        self._say(SHOW, list(finding_ids))

    def forget(self, slack_user_id: str) -> None:
        """Slack says that this user has changed."""
        self._say(FORGET, slack_user_id)

    def stop(self) -> None:
        """Let the running round finish without waiting for anybody; returns when the process has ended."""
        self._stopped.set()
        self._say(STOP)
        self._watcher.join()

    def _begin(self) -> None:
        ours, theirs = Pipe()
        with theirs:
            # A session of its own: Ctrl-C is for the service. What it prints is no answer of ours.
            process = subprocess.Popen(  # noqa: S603 - our own program
                [*self._command, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=2,
                start_new_session=True,
            )
        with self._speaking:
            self._line, self._process = ours, process
        self._send((self._settings, log.get_effective_level()))

    def _say(self, word: str, value: Any = None) -> None:
        self._send((word, value))

    def _send(self, what: tuple[Any, Any]) -> None:
        """What a process that has just died does not hear, the next one need not know."""
        with self._speaking, contextlib.suppress(OSError):
            self._line.send(what)

    def _watch(self) -> None:
        while True:
            self._listen()
            code = self._process.wait()
            self._line.close()
            if self._stopped.is_set():
                return
            log.error("round process ended", code=code)
            while not self._begun_again():
                if self._stopped.is_set():
                    return

    def _begun_again(self) -> bool:
        if self._stopped.wait(self._rest_s):
            return False
        try:
            self._begin()
        except OSError as error:
            log.error("round process not started", reason=error.strerror)
            return False
        if self._stopped.is_set():
            self._say(STOP)
        return True

    def _listen(self) -> None:
        """Until the process has ended."""
        while True:
            try:
                word, value = self._line.recv()
            except (EOFError, OSError):
                return
            try:
                self._hears[word](value)
            except (JobError, SQLAlchemyError) as error:
                # It is said again with the next step or round.
                log.warning("round process not heard", word=word, error=type(error).__name__)
