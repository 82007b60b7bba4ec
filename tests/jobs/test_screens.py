"""Messages are brought up to date besides the clicks, many acts in one edit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

from sqlalchemy.exc import OperationalError

from jobs.acts.shown import Screens, refresh_messages
from jobs.wiring import Parts
from tests.jobs.ledger_builders import at
from tests.jobs.settings_builders import make_settings


class Board:
    """What is shown, kept; the first time takes until `goes_on`."""

    def __init__(self) -> None:
        self.shown: list[list[int]] = []
        self.entered, self.goes_on, self.twice = threading.Event(), threading.Event(), threading.Event()

    def show(self, ids: Collection[int]) -> None:
        self.shown.append(sorted(ids))
        self.entered.set()
        if len(self.shown) == 1:
            self.goes_on.wait(10)
        else:
            self.twice.set()


def test_what_changes_while_a_message_is_edited_is_shown_together_afterwards() -> None:
    board = Board()
    screens = Screens(board.show)
    screens.start()
    screens.show([3])
    assert board.entered.wait(10)
    for ids in ([5], [4, 5], [5]):
        screens.show(ids)
    board.goes_on.set()
    assert board.twice.wait(10)
    screens.stop()
    assert board.shown == [[3], [4, 5]]


def test_one_edit_that_the_database_refuses_does_not_end_all_editing() -> None:
    shown: list[list[int]] = []
    first, second = threading.Event(), threading.Event()

    def show(ids: Collection[int]) -> None:
        shown.append(sorted(ids))
        if len(shown) == 1:
            first.set()
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        second.set()

    screens = Screens(show)
    screens.start()
    screens.show([3])
    assert first.wait(10)
    screens.show([4])
    assert second.wait(10)
    screens.stop()
    assert shown == [[3], [4]]


def seconds_between(draw: Callable[[], None]) -> float:
    """From the beginning of one drawing to that of the next, which is asked for meanwhile."""
    begun: list[float] = []
    once, twice = threading.Event(), threading.Event()

    def show(_ids: Collection[int]) -> None:
        begun.append(time.monotonic())
        (twice if len(begun) == 2 else once).set()
        draw()

    screens = Screens(show)
    screens.start()
    screens.show([3])
    assert once.wait(10)
    screens.show([4])
    assert twice.wait(10)
    screens.stop()
    return begun[1] - begun[0]


def compute() -> None:
    end = time.thread_time() + 0.1
    while time.thread_time() < end:
        pass


def test_drawing_that_takes_long_leaves_the_processor_to_others_in_between() -> None:
    """A list of thousands would else be drawn again and again as long as people click on its findings."""
    assert seconds_between(compute) > 0.9


def test_waiting_for_slack_is_no_reason_to_rest() -> None:
    assert seconds_between(lambda: time.sleep(0.5)) < 3


def test_the_running_service_edits_no_message_while_a_person_waits(tmp_path: Path) -> None:
    parts = Parts(make_settings(tmp_path), pause=lambda _seconds: None)
    later: list[Collection[int]] = []
    parts.show_later = later.append
    refresh_messages(parts, [7, 8], at("11-24 09:30"))
    assert later == [[7, 8]]
