"""The words on the command line: what is wrong with them is said as the caller wants to read it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jobs.command_line", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("findings", "--json", "--colour"), "No such option: --colour"),
        (("--json", "find"), "No such option: --json"),
        (("find", "--json"), "No such command 'find'"),
        (("explain", "contacts", "--json"), "Missing argument 'ID'"),
        (("apply", "first", "--json"), "Invalid value for 'PLAN'"),
        (("slack", "manifest", "--url", "http://a.example", "--json"), "Slack calls https:// addresses only"),
    ],
)
def test_wrong_words_are_one_document_where_json_was_asked_for(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = run(tmp_path, *words)
    document = json.loads(done.stdout)
    assert (done.returncode, document["ok"]) == (2, False)
    assert said in document["error"]
    assert said in done.stderr.replace("\n", " ")


def test_wrong_words_are_a_sentence_for_a_person(tmp_path: Path) -> None:
    done = run(tmp_path, "find")
    assert (done.returncode, done.stdout) == (2, "")
    assert "No such command" in done.stderr


def test_help_is_help_with_json_too(tmp_path: Path) -> None:
    done = run(tmp_path, "findings", "--json", "--help")
    assert done.returncode == 0
    assert "Usage:" in done.stdout


def test_the_manifest_is_printed_to_be_put_into_a_file(tmp_path: Path) -> None:
    page = run(tmp_path, "slack", "manifest", "--url", "https://crm.example").stdout
    document = json.loads(run(tmp_path, "slack", "manifest", "--url", "https://crm.example", "--json").stdout)
    assert yaml.safe_load(page) == document["manifest"]
    assert "https://crm.example/slack/events" in page
