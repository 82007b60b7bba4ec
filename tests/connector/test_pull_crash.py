from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event

from connector.hubspot import HubSpotGateway
from connector.mirror.cursors import load_cursor
from tests.connector.conftest import create_mirror
from tests.connector.crm import TOKEN, Crm, make_portal, running_crm
from tests.connector.pulling import EVERYTHING, assert_mirror_equals, dump, forget_changes, pull
from tests.statements import share_statements

MINUTE = timedelta(minutes=1)


class PowerCut(BaseException):
    """Nothing of ours catches this, as nothing catches SIGKILL."""


@contextmanager
def cut_at_commit(engine: Engine, number: int) -> Generator[None]:
    """The process ends just before its `number`-th commit."""
    left = [number]

    def before_commit(_connection: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise PowerCut

    event.listen(engine, "commit", before_commit)
    try:
        yield
    finally:
        event.remove(engine, "commit", before_commit)


def act_as_people(crm: Crm) -> None:
    crm.record("update", "contacts", "503", properties={"hs_lead_status": "OPEN_DEAL"})
    crm.record("update", "deals", "100702", properties={"amount": "5"})
    crm.record("archive", "contacts", "504")
    crm.record("merge", "contacts", "505", merge_id="506")
    crm.record("associate", "contacts", "510", to_object="deals", to_id="100704", quiet=True)


def examined_later(engine: Engine, gateway: HubSpotGateway) -> Any:
    return pull(engine, gateway, 2 * MINUTE).contacts_to_examine


@pytest.mark.parametrize(
    "commit", [pytest.param(n, marks=() if n % 8 == 0 else pytest.mark.soak) for n in range(0, 40, 4)]
)
def test_a_first_run_cut_off_at_any_commit_ends_with_the_same_mirror(crm: Crm, sqlite_url: str, commit: int) -> None:
    engine = share_statements(create_engine(sqlite_url))
    create_mirror(engine)
    with cut_at_commit(engine, commit), pytest.raises(PowerCut):
        pull(engine, crm.gateway(), needs=EVERYTHING)
    pull(engine, crm.gateway(), MINUTE, EVERYTHING)
    assert_mirror_equals(crm, engine, EVERYTHING)
    engine.dispose()


@pytest.mark.parametrize("commit", [pytest.param(n, marks=() if n % 3 == 0 else pytest.mark.soak) for n in range(14)])
def test_a_later_run_cut_off_at_any_commit_forgets_nothing(crm: Crm, sqlite_url: str, commit: int) -> None:
    engine = share_statements(create_engine(sqlite_url))
    create_mirror(engine)
    gateway = crm.gateway()
    pull(engine, gateway)
    forget_changes(engine)
    act_as_people(crm)
    with cut_at_commit(engine, commit), pytest.raises(PowerCut):
        pull(engine, gateway, MINUTE)
    assert examined_later(engine, gateway) >= {"502", "503", "504", "505", "506", "510"}
    assert_mirror_equals(crm, engine)
    engine.dispose()


def test_a_killed_process_goes_on_at_its_page(database_url: str) -> None:
    """A real SIGKILL in the middle of the contacts: what was stored is not asked for again."""
    engine = share_statements(create_engine(database_url))
    create_mirror(engine)
    with running_crm(lambda: make_portal(contacts=1000, deals=10, meetings=10)) as crm:
        crm.control("limits", latency_ms=60)
        process = subprocess.Popen([sys.executable, "-c", _CHILD, database_url, crm.url, TOKEN])
        wait_for_pages(crm, 12)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        crm.control("limits", latency_ms=0)
        pull(engine, crm.gateway(), MINUTE)
        lists = sum(1 for one in crm.requests() if one["path"] == "/crm/v3/objects/contacts")
        assert_mirror_equals(crm, engine)
    engine.dispose()
    assert lists <= 20 + 1 + 3  # 1,000 contacts at 50 a page, the archived ones, and the pages that were under way


def pages_of_contacts(crm: Crm) -> int:
    """From either end: listed, or found and read."""
    paths = ("/crm/v3/objects/contacts", "/crm/v3/objects/contacts/batch/read")
    return sum(1 for one in crm.requests() if one["path"] in paths)


def wait_for_pages(crm: Crm, pages: int) -> None:
    for _ in range(1200):
        if pages_of_contacts(crm) >= pages:
            return
        time.sleep(0.05)
    pytest.fail("the child never read so many pages")


_CHILD = textwrap.dedent("""
    import sys
    from sqlalchemy import create_engine
    import httpx
    from tests.connector.crm import Crm
    from tests.connector.pulling import pull

    url, crm_url, token = sys.argv[1:]
    engine = create_engine(url)
    pull(engine, Crm(crm_url, httpx.Client()).gateway(engine=engine, token=token))
""")


def test_a_killed_process_goes_on_at_both_ends(database_url: str) -> None:
    engine = share_statements(create_engine(database_url))
    create_mirror(engine)
    with running_crm(lambda: make_portal(contacts=3000, deals=10, meetings=10)) as crm:
        crm.control("limits", latency_ms=60)
        for pages in (15, 40):
            process = subprocess.Popen([sys.executable, "-c", _CHILD, database_url, crm.url, TOKEN])
            wait_for_pages(crm, pages)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        with engine.connect() as connection:
            cursor = load_cursor(connection, "contacts")
        assert cursor.full_last_id is not None
        assert cursor.full_down_to is not None
        crm.control("limits", latency_ms=0)
        pull(engine, crm.gateway(), MINUTE)
        assert_mirror_equals(crm, engine)
        # 60 pages and the archived ones; with each end, what was under way: three pages or four, and where they meet.
        assert pages_of_contacts(crm) <= 60 + 1 + 3 * (3 + 4)
    engine.dispose()


def test_two_mirrors_read_at_different_times_are_equal(crm: Crm, sqlite_url: str) -> None:
    """What the mirror holds depends on the CRM, not on the way there."""
    gateway = crm.gateway()
    early, late = share_statements(create_engine(sqlite_url)), share_statements(create_engine(f"{sqlite_url}2"))
    create_mirror(early)
    create_mirror(late)
    pull(early, gateway)
    crm.record("update", "contacts", "503", properties={"hs_lead_status": "OPEN_DEAL"})
    crm.record("archive", "deals", "100701")
    pull(early, gateway, MINUTE)
    pull(late, gateway, MINUTE)
    forget_changes(early)
    forget_changes(late)
    assert dump(early) == dump(late)
    early.dispose()
    late.dispose()
