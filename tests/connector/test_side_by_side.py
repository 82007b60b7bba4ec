from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from sqlalchemy import Engine

from connector.side_by_side import AnotherFailedError, Turns, ahead, side_by_side

LONG = 10.0


class Meeting:
    """Ends for two threads only when both are there."""

    def __init__(self) -> None:
        self._both = threading.Barrier(2)

    def __call__(self) -> int:
        return self._both.wait(LONG)


def nothing_left(before: int) -> bool:
    return threading.active_count() == before


def test_parts_run_at_the_same_time_and_answer_in_their_order() -> None:
    meeting = Meeting()
    named: list[Callable[[], str]] = [lambda: f"first {meeting() >= 0}", lambda: f"second {meeting() >= 0}"]
    assert side_by_side(named, 2) == ["first True", "second True"]


def test_a_single_part_needs_no_thread() -> None:
    assert side_by_side([threading.current_thread], 4) == [threading.current_thread()]
    assert set(side_by_side([threading.current_thread] * 2, 1)) == {threading.current_thread()}


def test_the_error_that_stopped_the_others_is_the_one_that_is_told(engine: Engine) -> None:
    turns, before = Turns(engine), threading.active_count()
    meeting = Meeting()

    def writes_on() -> None:
        meeting()
        while True:
            with turns.writing():
                pass

    def fails() -> None:
        meeting()
        raise LookupError("no such page")

    with pytest.raises(LookupError, match="no such page"):
        side_by_side([writes_on, fails], 2, turns)
    assert nothing_left(before)


def test_an_error_deep_inside_is_told_by_all_levels(engine: Engine) -> None:
    turns = Turns(engine)

    def fails() -> None:
        raise LookupError("no such page")

    def writes_on() -> None:
        while True:
            with turns.writing():
                pass

    inner = partial(side_by_side, [writes_on, fails], 2, turns)
    with pytest.raises(LookupError):
        side_by_side([writes_on, inner, writes_on], 3, turns)


def test_nothing_more_is_begun_after_an_error() -> None:
    begun: list[int] = []

    def fails() -> None:
        begun.append(1)
        raise LookupError

    with pytest.raises(LookupError):
        side_by_side([fails, partial(threading.Event().wait, 0.3), *[partial(begun.append, 2)] * 50], 2)
    assert len(begun) < 50


def test_ctrl_c_ends_the_threads_before_it_goes_on(engine: Engine) -> None:
    turns, before = Turns(engine), threading.active_count()

    def writes_on() -> None:
        while True:
            with turns.writing():
                pass

    def press() -> None:
        time.sleep(0.1)  # until the other one waits
        os.kill(os.getpid(), signal.SIGINT)
        writes_on()

    # Whatever runs the tests in the background has Ctrl-C ignored.
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            side_by_side([press, writes_on], 2, turns)
    finally:
        signal.signal(signal.SIGINT, ours)
    assert nothing_left(before)


def test_who_comes_after_the_stop_writes_nothing(engine: Engine) -> None:
    turns = Turns(engine)
    turns.stop()
    with pytest.raises(AnotherFailedError), turns.writing():
        pytest.fail("a transaction was begun")


def test_items_are_made_ahead_and_come_in_their_order() -> None:
    made = threading.Semaphore(0)

    def numbers() -> Iterator[int]:
        for number in range(10):
            made.release()
            yield number

    with ahead(numbers(), 3) as found:
        first = next(found)
        # Three more are made while the first is used.
        assert all(made.acquire(timeout=LONG) for _ in range(4))
        assert [first, *found] == list(range(10))


def test_items_are_not_made_without_end() -> None:
    before = threading.active_count()
    counted = itertools.count()
    with ahead(counted, 3) as found:
        assert [next(found), next(found)] == [0, 1]
    assert next(counted) <= 6
    assert nothing_left(before)


def test_an_error_while_making_comes_where_its_item_would() -> None:
    def numbers() -> Iterator[int]:
        yield 1
        raise LookupError("no such page")

    with ahead(numbers(), 3) as found:
        assert next(found) == 1
        with pytest.raises(LookupError):
            next(found)
