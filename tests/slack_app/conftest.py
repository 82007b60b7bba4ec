"""A stand-in Slack with our app beside it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from slack_app.web_courier import WebCourier
from tests.slack_app.builders import make_card, make_line
from tests.slack_app.service import Service
from tests.slack_app.workspace import Workspace, running_app, running_workspace


@pytest.fixture(scope="session")
def shared_workspace() -> Iterator[Workspace]:
    with running_workspace(rate_scale=0) as workspace:
        yield workspace


@pytest.fixture(scope="session")
def shared_service() -> Service:
    return Service()


@pytest.fixture(scope="session")
def shared_app(shared_workspace: Workspace, shared_service: Service) -> Iterator[str]:
    with running_app(shared_workspace, shared_service) as url:
        yield url


@pytest.fixture
def workspace(shared_workspace: Workspace) -> Workspace:
    """Empty: nothing posted, nothing planned."""
    shared_workspace.control("reset")
    return shared_workspace


@pytest.fixture
def service(shared_service: Service) -> Service:
    """One finding about one contact, and no acts."""
    shared_service.start_over([make_line()], [make_card()])
    return shared_service


@pytest.fixture
def app_url(shared_app: str, workspace: Workspace, service: Service) -> str:
    """Our app, to which the workspace sends; the tests that need it ask for it first."""
    workspace.control("app_url", url=shared_app)
    return shared_app


@pytest.fixture
def courier(workspace: Workspace) -> WebCourier:
    """Paced on a clock that nobody waits for; the workspace has its rate limits off."""
    return WebCourier(workspace.config, time.monotonic, lambda _seconds: None)


@pytest.fixture
def log() -> Iterator[list[Any]]:
    """Every line that is logged during the test, as fields."""
    with structlog.testing.capture_logs() as lines:
        yield lines
