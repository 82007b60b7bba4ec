"""The process that makes the rounds: what is said to it and heard of it, and what happens when one of the two dies."""

from __future__ import annotations

import gc
import os
import queue
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from jobs.round_keeper import RoundKeeper
from jobs.round_process import MADE, MAKE, RULES, SHOW, STOP, collect_rarely, work
from jobs.service import Service
from jobs.wiring import Parts
from rules.load import LIBRARY
from tests.connector.crm import Crm, make_portal, running_crm
from tests.jobs.settings_builders import make_settings

_PATIENCE_S = 20
# Takes orders like the real one, and makes no rounds.
_QUICK = f"""
import sys
from multiprocessing.connection import Connection
line = Connection(int(sys.argv[1]))
line.recv_bytes()
while (order := line.recv())[0] != {STOP!r}:
    if order[0] == {MAKE!r}:
        line.send(({MADE!r}, frozenset()))
"""


@pytest.fixture
def crm() -> Iterator[Crm]:
    with running_crm(make_portal) as running:
        yield running


def parts_of(folder: Path, **changes: Any) -> Parts:
    return Parts(make_settings(folder, slack_bot_token=None, **changes), pause=lambda _seconds: None)


class Kept:
    """A keeper of a process that only takes orders, and the rounds that were made."""

    def __init__(self, folder: Path, rest_s: float = 0) -> None:
        self.made: queue.Queue[Any] = queue.Queue()
        command = (sys.executable, "-S", "-c", _QUICK)
        settings = make_settings(folder)
        self.keeper = RoundKeeper(settings, self.made.put, lambda _files: None, rest_s=rest_s, command=command)

    def makes_a_round(self) -> bool:
        self.keeper.make()
        return self.made.get(timeout=_PATIENCE_S) == frozenset()


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Callable[..., Kept]]:
    kept: list[Kept] = []

    def begin(rest_s: float = 0) -> Kept:
        kept.append(Kept(tmp_path, rest_s))
        kept[-1].keeper.start()
        return kept[-1]

    yield begin
    for one in kept:
        one.keeper.stop()


def wait_for(lines: list[Any], event: str) -> None:
    said = threading.Event()
    for _ in range(_PATIENCE_S * 100):
        if any(line["event"] == event for line in lines):
            return
        said.wait(0.01)
    pytest.fail(f"{event!r} was not said: {lines}")


def test_a_process_that_is_killed_is_said_and_the_next_one_goes_on(keep: Callable[..., Kept]) -> None:
    kept = keep()
    assert kept.makes_a_round()
    first = kept.keeper.process_id
    with capture_logs() as lines:
        os.kill(first, signal.SIGKILL)
        wait_for(lines, "round process ended")
    while kept.keeper.process_id == first:
        pass
    assert kept.makes_a_round()


def test_the_service_stops_while_no_process_runs(keep: Callable[..., Kept]) -> None:
    kept = keep(rest_s=600)
    with capture_logs() as lines:
        os.kill(kept.keeper.process_id, signal.SIGKILL)
        wait_for(lines, "round process ended")
    kept.keeper.make()
    kept.keeper.stop()


def test_a_round_tells_the_rules_in_use_and_then_that_it_was_made(crm: Crm, tmp_path: Path) -> None:
    changes = {"hubspot_base_url": crm.url, "hubspot_access_token": "sandbox-crm-token"}
    parts = parts_of(tmp_path, **changes)
    ours, theirs = Pipe()
    worker = threading.Thread(target=work, args=(parts, theirs))
    worker.start()
    ours.send((MAKE, None))
    heard: list[Any] = []
    while not heard or heard[-1][0] != MADE:
        assert ours.poll(_PATIENCE_S), "no round was made"
        heard.append(ours.recv())
    ours.send((STOP, None))
    worker.join(_PATIENCE_S)
    assert not worker.is_alive()
    assert {word for word, _ in heard[:-1]} == {RULES}
    assert heard[-2][1] == parts.rule_files()
    assert heard[-1][1] == frozenset()


def test_without_the_service_it_ends(tmp_path: Path) -> None:
    parts = parts_of(tmp_path)
    ours, theirs = Pipe()
    worker = threading.Thread(target=work, args=(parts, theirs))
    worker.start()
    ours.send((SHOW, []))
    ours.close()
    worker.join(_PATIENCE_S)
    assert not worker.is_alive()


def test_rules_that_are_swapped_for_the_rounds_are_swapped_for_the_clicks(tmp_path: Path) -> None:
    shutil.copytree(LIBRARY, tmp_path / "rules" / "library")
    rounds, clicks = parts_of(tmp_path), parts_of(tmp_path)
    before = clicks.rules().version
    assert rounds.rules().version == before
    calendars = tmp_path / "rules" / "library" / "calendars.yaml"
    calendars.write_text(calendars.read_text(encoding="utf-8").replace("closed: []", "closed: [2026-12-28]"))
    assert rounds.look_at_rules() == ()
    clicks.follow_rules(rounds.rule_files())
    assert clicks.rules().version == before
    rounds.swap_rules()
    clicks.follow_rules(rounds.rule_files())
    assert clicks.rules().version == rounds.rules().version != before


def test_who_has_changed_in_slack_is_forgotten_by_both_processes(tmp_path: Path) -> None:
    parts = parts_of(tmp_path)
    forgotten: list[str] = []
    parts.forget_elsewhere = forgotten.append
    Service(parts).person_changed("U07")
    assert forgotten == ["U07"]


def test_who_waits_for_an_answer_comes_before_a_round(tmp_path: Path) -> None:
    """Where processors are few: the process that makes rounds is the nicer one."""
    keeper = RoundKeeper(make_settings(tmp_path), lambda _troubled: None, lambda _files: None)
    keeper.start()
    ours, end = os.getpriority(os.PRIO_PROCESS, 0), time.monotonic() + _PATIENCE_S
    while (theirs := os.getpriority(os.PRIO_PROCESS, keeper.process_id)) == ours and time.monotonic() < end:
        time.sleep(0.05)
    keeper.stop()
    assert theirs > ours


def test_what_is_imported_and_a_page_of_records_are_not_searched_for_garbage() -> None:
    before = gc.get_threshold()
    collect_rarely()
    young = gc.get_stats()[0]["collections"]
    page = [{"properties": {"id": number}} for number in range(3_000)]
    searched, kept = gc.get_stats()[0]["collections"] - young, gc.get_freeze_count()
    gc.set_threshold(*before)
    gc.unfreeze()
    assert searched == 0
    assert kept > len(page)
