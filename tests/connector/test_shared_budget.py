"""Several real processes on one database and one stand-in that counts: what they may do together."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine

from connector.lanes import Lane
from tests.connector.conftest import create_mirror
from tests.connector.crm import Crm, make_portal, running_crm

_CHILD = textwrap.dedent("""
    import sys, time
    import httpx
    from connector.lanes import Lane
    from sqlalchemy import create_engine
    from tests.connector.crm import NOW, Crm
    from tests.connector.pulling import pull

    url, crm_url, task = sys.argv[1:]
    engine = create_engine(url, connect_args={"timeout": 30} if url.startswith("sqlite") else {})
    gateway = Crm(crm_url, httpx.Client()).gateway(engine=engine, sleep=time.sleep, calls_per_10_s=60).in_lane(Lane.CYCLE)
    print("ready", flush=True)
    if task == "calls":
        for _ in range(18):
            gateway.deal_stages()
        for _ in range(3):
            gateway.touched_since("contacts", NOW, "0")
    while task == "searches":
        gateway.touched_since("contacts", NOW, "0")
    while task == "sync":
        pull(engine, gateway, full=True)
""")


@contextlib.contextmanager
def processes(number: int, *arguments: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    with contextlib.ExitStack() as stack:
        command = [sys.executable, "-c", _CHILD, *arguments]
        made = [stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE)) for _ in range(number)]
        try:
            for one in made:
                assert one.stdout is not None
                assert one.stdout.readline() == b"ready\n"
            yield made
        finally:
            for one in made:
                one.kill()


def within(crm: Crm, kind: str, seconds: float) -> int:
    """The most calls of this kind that the stand-in saw in any window."""
    times = sorted(one["monotonic"] for one in crm.requests() if (one["kind"] == "search") == (kind == "search"))
    return max(sum(1 for other in times if at <= other < at + seconds) for at in times)


@pytest.fixture
def strict() -> Iterator[Crm]:
    with running_crm(lambda: make_portal(contacts=1500, deals=300), limits="real") as made:
        made.control("limits", ten_secondly=60)
        yield made


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


def test_four_processes_never_exceed_a_limit_together(strict: Crm, url: str) -> None:
    engine = create_engine(url)
    create_mirror(engine)
    with processes(4, url, strict.url, "calls") as four:
        assert [one.wait() for one in four] == [0] * 4
    engine.dispose()
    assert {one["status"] for one in strict.requests()} == {200}
    assert len(strict.requests()) == 4 * 21
    # 60 − 5 in reserve, of which 19/20 are for the cycle; and 4 searches a second, one of which may arrive late.
    assert 40 <= within(strict, "other", 10) <= 53
    assert within(strict, "search", 1) <= 5


def test_a_person_waits_less_than_half_a_second_while_a_first_sync_runs(strict: Crm, url: str) -> None:
    engine = create_engine(url)
    create_mirror(engine)
    gateway = strict.gateway(engine=engine, sleep=time.sleep, calls_per_10_s=60).in_lane(Lane.PERSON)
    with processes(1, url, strict.url, "sync"):
        while within_reach(strict) < 50:
            time.sleep(0.05)
        waits = [_timed(lambda: gateway.read("contacts", ["501"], ["email"])) for _ in range(3)]
    engine.dispose()
    assert max(waits) < 0.5
    assert 429 not in {one["status"] for one in strict.requests()}


def test_the_search_of_a_person_waits_less_than_half_a_second_beside_many_others(strict: Crm, url: str) -> None:
    engine = create_engine(url)
    create_mirror(engine)
    gateway = strict.gateway(engine=engine, sleep=time.sleep).in_lane(Lane.PERSON)
    with processes(1, url, strict.url, "searches"):
        while len(strict.requests()) < 14:
            time.sleep(0.05)
        waits = [_timed(lambda: gateway.newest("contacts")) for _ in range(5)]
        time.sleep(1)
    engine.dispose()
    assert max(waits) < 0.5
    assert {one["status"] for one in strict.requests()} == {200}


def within_reach(crm: Crm) -> int:
    """Calls so far: the sync has filled its part of the window when there are about fifty."""
    return sum(1 for one in crm.requests() if one["kind"] != "search")


def _timed(act: object) -> float:
    assert callable(act)
    before = time.monotonic()
    act()
    return time.monotonic() - before
