"""A stage for each story; the stand-ins are started once for each test process."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from jobs.listening import bind
from jobs.serve import endpoint, socket_mode
from tests.journeys.program import forking
from tests.journeys.site import Site, opened
from tests.journeys.stage import Stage, StandIns, running_stand_ins


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What differs between the two ways to Slack is told apart once; the long run tells every story both ways."""
    for item in items:
        once_more = "acts_once" in item.name and "sqlite" in item.name
        if item.path.parent.name == "journeys" and "socket" in item.name and not once_more:
            item.add_marker(pytest.mark.soak)


@pytest.fixture(scope="session")
def stand_ins() -> Iterator[StandIns]:
    # The SDK sends even loopback calls to a proxy unless this names it.
    before = os.environ.get("NO_PROXY")
    os.environ["NO_PROXY"] = "127.0.0.1"
    with running_stand_ins() as running:
        yield running
    if before is None:
        del os.environ["NO_PROXY"]
    else:
        os.environ["NO_PROXY"] = before


@pytest.fixture(scope="session")
def runs(stand_ins: StandIns, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where runs of the program are started."""
    folder = tmp_path_factory.mktemp("runs")
    url = f"sqlite:///{folder / 'mimawari.db'}"
    stage = Stage(stand_ins, url, folder)
    stage.close()
    with forking(stage.environment(url), folder) as address:
        yield address


@pytest.fixture
def site(stand_ins: StandIns, runs: str, tmp_path: Path) -> Iterator[Site]:
    with opened(stand_ins, runs, tmp_path) as made:
        yield made


@pytest.fixture
def stage(stand_ins: StandIns, database_url: str, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(stand_ins, database_url, tmp_path)
    yield made
    made.close()


@pytest.fixture(params=[pytest.param(False, id="web"), pytest.param(True, id="socket")])
def open_stage(request: pytest.FixtureRequest, stage: Stage) -> Iterator[Stage]:
    """A stage after its first round, whose program answers to what people do in Slack, at its address or by Socket Mode."""
    stage.make_first_round()
    with (_connected if request.param else answering)(stage):
        yield stage


@contextlib.contextmanager
def _connected(stage: Stage) -> Iterator[None]:
    socket = socket_mode(stage.by_socket_mode())
    assert socket is not None
    socket.start()
    while not socket.connected:
        threading.Event().wait(0.01)
    yield
    socket.stop()


@contextlib.contextmanager
def answering(stage: Stage) -> Iterator[None]:
    listening = bind("127.0.0.1", 0)
    config = uvicorn.Config(endpoint(stage.program), log_level="critical", timeout_graceful_shutdown=2, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    stage.connect(f"http://127.0.0.1:{listening.getsockname()[1]}/slack/events")
    yield
    server.should_exit = True
    thread.join(5)
