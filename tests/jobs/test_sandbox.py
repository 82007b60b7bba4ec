"""The stand-in CRM over a portal's file, as it is started at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import pytest
import structlog
from typer.testing import CliRunner, Result

from jobs.command_line import app
from jobs.sandbox import started


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """A command says where its log goes: here, to a stream that is closed when it ends."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["sandbox", *arguments])


def test_a_portal_is_made_once_and_served_from_its_file(tmp_path: Path) -> None:
    file = str(tmp_path / "big.portal")
    made = run("portal", "--contacts", "120", "--out", file, "--json")
    assert made.exit_code == 0, made.output
    assert orjson.loads(made.stdout)["objects"]["contacts"] == 120
    with started(["crm", "--portal", file]) as crm:
        answer = httpx.get(f"{crm.url}/crm/v3/objects/contacts", headers={"Authorization": f"Bearer {crm.token}"})
    assert len(answer.json()["results"]) == 10


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["crm", "--portal", "none.portal"], "none.portal cannot be read"),
        (["crm", "--portal", "none.portal", "--contacts", "50"], "leave out --contacts and --seed"),
        (["portal", "--out", "here.portal"], "here.portal is there already"),
    ],
)
def test_what_does_not_go_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("here.portal").touch()
    ended = run(*arguments)
    assert ended.exit_code == 2
    assert said in ended.stderr
