"""After any sync the mirror equals the CRM (P1): `mimawari export` against the stand-in's own account of what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from connector.sandbox.generator import generate
from jobs.commands.export import export
from tests.connector.crm import Crm, running_crm
from tests.journeys.exact import Copy, copied


@pytest.fixture(scope="module")
def portal() -> Iterator[Crm]:
    with running_crm(lambda: generate(120, 1)) as running:
        yield running


@pytest.fixture
def copy(portal: Crm, database_url: str, tmp_path: Path) -> Iterator[Copy]:
    portal.control("reset")
    with copied(portal, database_url, tmp_path) as made:
        yield made


def test_the_export_equals_the_crm(copy: Copy) -> None:
    lists = copy.crm.gateway()
    lists.change_members(lists.create_list("リサイクル").id, sorted(copy.crm.state()["objects"]["contacts"])[:3], [])
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
