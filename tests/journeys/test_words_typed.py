"""The words on the command line: what is wrong with them is said as the caller wants to read it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.journeys.program import Program


@pytest.fixture
def program(runs: str, tmp_path: Path) -> Program:
    return Program(runs, tmp_path, {})


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
    program: Program, words: tuple[str, ...], said: str
) -> None:
    ended = program.run(*words)
    assert (ended.exit_code, ended.document["ok"]) == (2, False)
    assert said in ended.document["error"]
    assert said in ended.err.replace("\n", " ")


def test_wrong_words_are_a_sentence_for_a_person(program: Program) -> None:
    ended = program.run("find")
    assert (ended.exit_code, ended.out) == (2, "")
    assert "No such command" in ended.err


def test_help_is_help_with_json_too(program: Program) -> None:
    ended = program.run("findings", "--json", "--help")
    assert ended.exit_code == 0
    assert "Usage:" in ended.out


def test_the_manifest_is_printed_to_be_put_into_a_file(program: Program) -> None:
    page = program.run("slack", "manifest", "--url", "https://crm.example").out
    document = program.run("slack", "manifest", "--url", "https://crm.example", "--json").document
    assert yaml.safe_load(page) == document["manifest"]
    assert "https://crm.example/slack/events" in page
