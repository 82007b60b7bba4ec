"""After any sync the mirror equals the CRM (P1): `mimawari export` against the stand-in's own account of what it holds."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import orjson
import pytest

from connector.errors import CrmError
from connector.sandbox.portal_file import PortalFile
from connector.sandbox.portal_writer import write_portal_file
from connector.sandbox.state import Portal
from jobs.commands.export import export
from tests.connector.crm import Crm, make_portal, running_crm
from tests.journeys.exact import Copy, copied
from tests.journeys.people_at_work import EDITS, MOVES, People
from tests.journeys.program import Program

# What the stand-in can do wrong and a repeat can put right; the others end a run, and the next one goes on.
PASSING = ["429", "429_secondly", "429_secondly_category", "423", "477", "500", "503", "502_html", "524_after"]
PASSING += ["drop_before", "drop_after", "truncate", "html_200", "delay", "slow_body"]
ENDING = ["429_daily", "401", "403"]

KILLS = 20
KILLS_IN_EVERY_CHECK = (5, 14)


@pytest.fixture(scope="module")
def portal() -> Iterator[Crm]:
    with running_crm(_small_portal) as running:
        yield running


def _small_portal() -> Portal:
    return make_portal(contacts=215, companies=30, deals=30, meetings=30, activities=20)


@pytest.fixture
def copy(portal: Crm, database_url: str, tmp_path: Path) -> Iterator[Copy]:
    portal.control("reset")
    with copied(portal, database_url, tmp_path) as made:
        yield made


MOMENTS = [
    pytest.param(number, marks=() if number in KILLS_IN_EVERY_CHECK else pytest.mark.soak) for number in range(KILLS)
]


def nothing_special(copy: Copy, people: People) -> None:
    people.act(12, *EDITS)
    copy.sync()


def an_index_that_is_late(copy: Copy, people: People) -> None:
    """By more than the overlap, while other changes come in time and move the cursor on."""
    copy.crm.control("index", lag_s=25 * 60, share=0.3)
    for _ in range(4):
        people.act(10, *EDITS)
        copy.passes(m=10)
        copy.sync()
    copy.crm.control("index", lag_s=0, share=1)
    copy.passes(m=25)
    people.act(2, People.edit)
    copy.sync()


def one_time_for_all(copy: Copy, people: People) -> None:
    people.act(1, People.bulk)
    people.act(4, *EDITS)
    copy.sync()


def faults(copy: Copy, people: People) -> None:
    people.act(24, *EDITS, *MOVES)
    every = 10 * len([*PASSING, *ENDING])
    for place, kind in enumerate([*PASSING, *ENDING]):
        more = {"seconds": 0.02} | ({"retry_after": 0} if kind == "477" else {})
        copy.crm.control("faults", match={}, do=kind, times=10**6, every=every - 7 * place, **more)
    for _ in range(40):
        with contextlib.suppress(CrmError):
            copy.sync()
            break
    copy.crm.client.delete("/_control/faults")
    copy.sync()


def changes_during_the_reading(copy: Copy, people: People) -> None:
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            # An idle connection may be closed under our hands.
            with contextlib.suppress(httpx.TransportError):
                people.act(1, *EDITS)
                people.act(1, People.archive)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        copy.sync()
        copy.sync(full=True)
    finally:
        done.set()
        worker.join()
    copy.sync()


def merges_and_archives(copy: Copy, people: People) -> None:
    for _ in range(3):
        people.act(len(MOVES), *MOVES)
        copy.sync()
    # An archived record that was erased for good is missed only when the archive is read: once an hour.
    copy.passes(m=61)
    copy.sync()


Weather = Callable[[Copy, People], None]
MATRIX: tuple[Weather, ...] = (
    nothing_special,
    an_index_that_is_late,
    one_time_for_all,
    faults,
    changes_during_the_reading,
    merges_and_archives,
)
SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 7))]


@pytest.mark.parametrize("weather", MATRIX, ids=lambda one: one.__name__)
@pytest.mark.parametrize("seed", SEEDS)
def test_after_a_sync_the_mirror_equals_the_crm(copy: Copy, weather: Weather, seed: int) -> None:
    people = People(copy.crm, seed)
    copy.sync()
    weather(copy, people)
    copy.assert_equal()


@pytest.fixture(scope="module")
def portal_from_a_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crm]:
    path = tmp_path_factory.mktemp("portal") / "small.portal"
    write_portal_file(path, [_small_portal()])
    with running_crm(lambda: PortalFile(path).portal()) as running:
        yield running


IN_EVERY_CHECK = merges_and_archives
OVER_A_FILE = [pytest.param(one, marks=() if one is IN_EVERY_CHECK else pytest.mark.soak) for one in MATRIX]


@pytest.mark.parametrize("weather", OVER_A_FILE, ids=lambda one: one.__name__)
def test_so_it_does_over_a_portal_from_a_file(
    portal_from_a_file: Crm, weather: Weather, database_url: str, tmp_path: Path
) -> None:
    portal_from_a_file.control("reset")
    with copied(portal_from_a_file, database_url, tmp_path) as copy:
        people = People(copy.crm, 1)
        copy.sync()
        weather(copy, people)
        copy.assert_equal()


@pytest.mark.parametrize("weather", MATRIX[1:], ids=lambda one: one.__name__)
@pytest.mark.soak
def test_so_it_does_when_it_begins_in_the_middle_of_it(copy: Copy, weather: Weather) -> None:
    """The first reading takes place in that weather, not before it."""
    weather(copy, People(copy.crm, 11))
    copy.assert_equal()


@pytest.mark.soak
def test_a_bulk_edit_of_25000_contacts_is_no_cliff(database_url: str, tmp_path: Path) -> None:
    with (
        running_crm(lambda: make_portal(contacts=25_000, companies=500, deals=500)) as crm,
        copied(crm, database_url, tmp_path) as copy,
    ):
        copy.sync()
        one_time_for_all(copy, People(crm, 1))
        copy.assert_equal()


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_start_that_was_killed_is_finished_by_the_next(
    portal: Crm, runs: str, database_url: str, tmp_path: Path, moment: int
) -> None:
    portal.control("reset")
    people = People(portal, moment)
    portal.control("limits", latency_ms=10)
    with copied(portal, database_url, tmp_path) as copy:
        copy.parts.engine.dispose()
        program = Program(runs, tmp_path, copy.environment())
        portal.forget_requests()
        with contextlib.closing(program.start("sync", "--json")) as run:
            # A first reading of this portal makes about 50 calls.
            while len(portal.requests()) < 2 + moment * 48 // KILLS and not run.ends_within(0.005):
                pass
            run.send(signal.SIGKILL)
            run.wait()
        portal.control("limits", latency_ms=0)
        people.act(12, *EDITS, *MOVES)
        copy.sync()
        copy.passes(m=1)
        copy.sync()
        copy.assert_equal()


def test_the_export_is_written_piece_by_piece(copy: Copy) -> None:
    copy.sync()
    pieces: list[bytes] = []
    export(copy.parts, ["contacts"], pieces.append)
    document = orjson.loads(b"".join(pieces))
    assert list(document["objects"]) == list(document["mirrored"]) == ["contacts"]
    assert len(pieces) > len(document["objects"]["contacts"]) + len(document["associations"])
    assert {row[0] for row in document["associations"]} == {"contacts"}
