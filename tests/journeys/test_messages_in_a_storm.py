"""Whatever happens to single calls on the way to Slack, each matter ends in one message that says what is true."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from jobs.database import open_database
from slack_app.sandbox.server import running
from tests.jobs.ledger_builders import at
from tests.journeys.mailroom import LEAKS, Mailroom, of_owner, office

# What may go wrong with a call, in the words of the stand-in.
FAULTS: dict[str, dict[str, Any]] = {
    "dropped-before": {"do": "drop_before"},
    "dropped-after": {"do": "drop_after"},
    "429": {"do": "429", "retry_after": 200},
    "500": {"do": "500"},
    "fatal-before": {"do": "error_before", "error": "fatal_error"},
    "fatal-after": {"do": "error_after", "error": "fatal_error"},
    "too-late": {"do": "delay", "retry_after": 0.8},
}
IMPATIENT_S = 0.5
METHODS = ("conversations.open", "chat.postMessage", "chat.update")
# Owners, and matters of all of them together.
FEWEST, FEW, MANY, FULL = (5, 10), (20, 20), (500, 500), (10, 500)

Open = Callable[..., Mailroom]


@pytest.fixture
def mailroom(sqlite_url: str, stand_ins: object) -> Iterator[Open]:
    """For a number of owners. (The stand-ins have seen to it that loopback goes past proxies.)"""
    with ExitStack() as stack:

        def opened(owners: int, patience_s: float = 10) -> Mailroom:
            engine = open_database(sqlite_url)
            stack.callback(engine.dispose)
            room = Mailroom(engine, stack.enter_context(running(office(owners))), owners, patience_s=patience_s)
            stack.callback(room.close)
            return room

        yield opened


def check(room: Mailroom, owners: int, matters: Collection[int]) -> None:
    """Exactly the messages that there must be, each with its own matters in words and in buttons."""
    hung = room.hangs()
    assert {to: len(found) for to, found in hung.items()} == {LEAKS: 1} | {str(n): 1 for n in range(owners)}
    assert f"が {len(matters)} 件あります" in hung[LEAKS][0].text
    for number in range(owners):
        (message,) = hung[str(number)]
        mine = of_owner(number, owners, matters)
        assert message.asks_about() <= mine
        assert len(message.asks_about()) == min(10, len(mine))
        assert (f"が {len(mine)} 件あります" if mine else "すべて対応済みです") in message.text


def tell(room: Mailroom, owners: int, matters: int) -> None:
    """All matters open, then every other one is settled."""
    room.opens(range(matters))
    room.rounds()
    check(room, owners, range(matters))
    room.opens(range(1, matters, 2))
    room.rounds()
    check(room, owners, range(1, matters, 2))


@pytest.mark.parametrize(("owners", "matters", "times"), [(*FEW, 1), pytest.param(*MANY, 5, marks=pytest.mark.soak)])
def test_calls_that_fail_in_every_way_neither_lose_nor_double_a_message(
    mailroom: Open, owners: int, matters: int, times: int
) -> None:
    room = mailroom(owners, IMPATIENT_S)
    for method in METHODS:
        for fault in FAULTS.values():
            room.goes_wrong(method=method, times=times, **fault)
    tell(room, owners, matters)
    assert room.went_wrong() == len(METHODS) * len(FAULTS) * times


@pytest.mark.soak
@pytest.mark.parametrize("fault", FAULTS)
def test_five_failures_of_one_kind_for_each_method(mailroom: Open, fault: str) -> None:
    (owners, matters), times = FULL, 5
    room = mailroom(owners, IMPATIENT_S)
    for method in METHODS:
        room.goes_wrong(method=method, times=times, **FAULTS[fault])
    tell(room, owners, matters)
    assert room.went_wrong() == len(METHODS) * times


def killed_all_the_way(room: Mailroom) -> set[str]:
    """A process sends what is due and is killed between any two steps; at which ones."""
    command = [sys.executable, "-m", "tests.journeys.mailing", room.database_url, json.dumps(room.slack)]
    ended = subprocess.run([*command, str(room.owners)], stdout=subprocess.PIPE, timeout=1_200, check=True)
    return set(ended.stdout.decode().splitlines())


def both(*methods: str) -> set[str]:
    return {"before commit"} | {f"{when} {method}" for when in ("before", "after") for method in methods}


@pytest.mark.parametrize(
    ("owners", "matters"), [FEWEST, *(pytest.param(*one, marks=pytest.mark.soak) for one in (MANY, FULL))]
)
def test_a_process_killed_between_any_two_steps_neither_loses_nor_doubles(
    mailroom: Open, owners: int, matters: int
) -> None:
    room = mailroom(owners)
    room.opens(range(matters))
    assert killed_all_the_way(room) >= both("conversations.open", "chat.postMessage")
    room.rounds()
    check(room, owners, range(matters))


@pytest.mark.soak
@pytest.mark.parametrize(("owners", "matters"), [FEW, FULL])
def test_a_process_killed_while_it_edits_leaves_no_message_behind(mailroom: Open, owners: int, matters: int) -> None:
    room = mailroom(owners)
    room.opens(range(matters))
    room.rounds()
    room.opens(range(1, matters, 2))
    assert killed_all_the_way(room) >= both("chat.update")
    room.rounds()
    check(room, owners, range(1, matters, 2))


def test_many_changes_of_a_message_between_two_rounds_are_one_edit(mailroom: Open) -> None:
    owners, matters = FULL[0], 30
    room = mailroom(owners)
    room.opens(range(matters))
    room.rounds()
    for still in range(matters, 9, -1):
        room.opens(range(still))
    room.rounds()
    check(room, owners, range(10))
    assert {one.edits for hung in room.hangs().values() for one in hung} == {1}


def test_a_pause_for_posting_holds_all_posts_and_no_edit(mailroom: Open) -> None:
    owners, matters = FEW
    room = mailroom(owners)
    room.opens(range(matters // 2))
    room.rounds()
    room.goes_wrong("429", "chat.postMessage", retry_after=200)
    room.opens(range(5, matters))
    asked = room.calls("chat.postMessage")
    sent = room.round()
    assert (sent.posted, room.calls("chat.postMessage") - asked) == (0, 1)
    assert sent.updated > 0
    room.rounds()
    assert sum(len(hung) for hung in room.hangs().values()) == 1 + owners


def test_a_list_is_taken_over_once_the_next_one_hangs(mailroom: Open) -> None:
    owners, matters = FEWEST
    room = mailroom(owners)
    room.opens(range(matters))
    room.rounds()
    room.opens(range(matters), at("11-25 09:30"))
    room.goes_wrong("429", "chat.postMessage", retry_after=200)
    room.round()
    check(room, owners, range(matters))
    room.rounds()
    for number in range(owners):
        before, now = room.hangs()[str(number)]
        assert (before.asks_about(), now.asks_about()) == (set(), of_owner(number, owners, range(matters)))
