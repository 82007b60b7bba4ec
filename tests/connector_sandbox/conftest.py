"""One stand-in for all tests of a process, as new at the start of each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connector_sandbox.running import Crm, running_crm


@pytest.fixture(scope="session")
def running() -> Iterator[Crm]:
    with running_crm() as crm:
        yield crm


@pytest.fixture
def crm(running: Crm) -> Crm:
    running.control("reset")
    return running
