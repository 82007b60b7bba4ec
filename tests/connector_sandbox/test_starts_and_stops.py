from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import pytest

_START = """
from connector.sandbox.server import SandboxOptions, serve
from tests.connector_sandbox.running import NOW, make_portal
serve(SandboxOptions(portal_factory=make_portal, truth=lambda portal, now: {}, now=NOW))
"""


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", _START], stdout=subprocess.PIPE, cwd=root) as started:
        yield started
        started.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_line_says_ready_and_a_signal_ends_it_in_order(process: subprocess.Popen[bytes], number: int) -> None:
    assert process.stdout is not None
    ready = orjson.loads(process.stdout.readline())
    assert ready["ready"] is True
    assert ready["control_url"] == f"{ready['url']}/_control"
    headers = {"Authorization": f"Bearer {ready['token']}"}
    assert httpx.get(f"{ready['url']}/crm/v3/owners/", headers=headers).status_code == 200
    process.send_signal(number)
    assert process.wait(timeout=10) == 0
    assert process.stdout.read() == b""
