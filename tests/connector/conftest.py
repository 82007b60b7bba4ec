"""A running stand-in CRM with a small portal, and an empty mirror beside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine

from connector.mirror.tables import metadata, record_table
from connector.records import MIRRORED_TYPES
from connector.versions import UNDATED
from tests.connector.crm import Crm, create_ledger, make_portal, running_crm
from tests.statements import share_statements


@pytest.fixture(scope="session")
def shared_crm() -> Iterator[Crm]:
    with running_crm(make_portal) as running:
        yield running


@pytest.fixture(params=["2026-09", pytest.param(UNDATED, marks=pytest.mark.soak)])
def crm(shared_crm: Crm, request: pytest.FixtureRequest) -> Crm:
    """As freshly started; a start of its own would take every test a third of a second.

    Its gateways use one version of the API, and the stand-in refuses all others.
    """
    shared_crm.control("reset")
    refused = ["2026-03", "2026-09"] if request.param == UNDATED else ["v1", "v2", "v3", "v4"]
    shared_crm.control("switches", refused_versions=refused)
    return dataclasses.replace(shared_crm, version=request.param)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = share_statements(create_engine(database_url))
    create_mirror(made)
    yield made
    made.dispose()


def create_mirror(engine: Engine) -> None:
    metadata.create_all(engine)
    create_ledger(engine)
    for object_type in MIRRORED_TYPES:
        record_table(object_type, {}, type(metadata)()).create(engine)
