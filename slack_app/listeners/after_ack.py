"""Work that may take longer than Slack waits: begun after the answer, and never failing in silence."""

from __future__ import annotations

import dataclasses
import itertools
import traceback
from collections.abc import Callable
from concurrent.futures import Executor, Future
from types import TracebackType
from typing import Any, cast

import structlog
from slack_bolt import BoltRequest

_log = structlog.stdlib.get_logger(__name__)

_KEY = "mimawari_after_ack"
_LAST_KEY = "mimawari_after_all"


@dataclasses.dataclass(frozen=True, slots=True)
class Work:
    """`tell_failure` says to the person that it did not work."""

    run: Callable[[], None]
    tell_failure: Callable[[], None]


def after_ack(context: dict[str, Any], run: Callable[[], None], tell_failure: Callable[[], None]) -> None:
    """Leave work for when Slack has its answer."""
    context.setdefault(_KEY, []).append(Work(run, tell_failure))


def after_all(context: dict[str, Any], run: Callable[[], None]) -> None:
    """Leave work for when everything else that this request left is done, well or not. Nobody is told if it fails."""
    context[_LAST_KEY] = Work(run, lambda: None)


def start_work(request: BoltRequest, executor: Executor) -> None:
    """Begin what the listener of this request left."""
    context = cast("dict[str, Any]", request.context)
    works: list[Work] = context.get(_KEY, [])
    last: Work | None = context.get(_LAST_KEY)
    started = [executor.submit(work.run) for work in works]
    for work, future in zip(works, started, strict=True):
        future.add_done_callback(_watch(work, executor))
    if last is None:
        return
    left = itertools.count(len(started) - 1, -1)

    def one_done(_future: Future[None] | None = None) -> None:
        # One step of a counter cannot be interrupted, so of several that end together exactly one is the last.
        if not started or next(left) == 0:
            executor.submit(last.run).add_done_callback(_watch(last, executor))

    for future in started:
        future.add_done_callback(one_done)
    if not started:
        one_done()


def where(trace: TracebackType | None) -> list[str]:
    """The places an exception came through. Its words stay out of the log: they may quote a record."""
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


def _watch(work: Work, executor: Executor) -> Callable[[Future[None]], None]:
    def done(future: Future[None]) -> None:
        error = future.exception()
        if error is not None:
            _log.error("work after a click failed", error=type(error).__name__, where=where(error.__traceback__))
            executor.submit(work.tell_failure)

    return done
