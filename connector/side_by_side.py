"""Doing several things at once, in threads: some calls wait for the CRM while another one's answer is stored."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, Engine

T = TypeVar("T")


class AnotherFailedError(Exception):
    """Another thread of the same work has failed; this one stops, and has nothing to say about it."""


class Turns:
    """What the threads of one work share: they write to the database one after the other, and all stop soon when one
    has failed.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._stopped = False

    @contextlib.contextmanager
    def writing(self) -> Generator[Connection]:
        """One transaction. What all threads change is safe in here, too."""
        with self._lock:
            if self._stopped:
                raise AnotherFailedError
            with self._engine.begin() as connection:
                yield connection

    def stop(self) -> None:
        self._stopped = True


def side_by_side(parts: Sequence[Callable[[], T]], threads: int, turns: Turns | None = None) -> list[T]:
    """What each of them gives, in their order.

    After an error no further one begins; those under way end first, at their next turn. Then the error is raised. No
    thread outlives the call.
    """
    if min(threads, len(parts)) <= 1:
        return [part() for part in parts]
    with ThreadPoolExecutor(min(threads, len(parts))) as pool:
        futures: list[Future[T]] = []
        try:
            futures += [pool.submit(part) for part in parts]
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            # Also where a person has had enough of waiting.
            if turns is not None and not (futures and all(_is_well(one) for one in futures)):
                turns.stop()
            pool.shutdown(cancel_futures=True)
    failed = [error for one in futures if not one.cancelled() and (error := one.exception()) is not None]
    for error in sorted(failed, key=lambda one: isinstance(one, AnotherFailedError)):
        raise error
    return [one.result() for one in futures]


def _is_well(future: Future[T]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


@contextlib.contextmanager
def ahead(items: Iterable[T], most: int) -> Generator[Iterator[T]]:
    """The same items in their order, made in a thread of their own while earlier ones are used: `most` of them at once."""
    making = iter(items)
    with ThreadPoolExecutor(1) as pool:

        def next_one() -> Future[list[T]]:
            # A list tells the end from an item.
            return pool.submit(lambda: list(islice(making, 1)))

        def used() -> Iterator[T]:
            waiting = deque(next_one() for _ in range(most))
            while found := waiting.popleft().result():
                waiting.append(next_one())
                yield found[0]

        try:
            yield used()
        finally:
            pool.shutdown(cancel_futures=True)
