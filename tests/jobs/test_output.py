"""How a command answers: one document or words, and an exit code that says how it ended."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import typer
from rich.console import Console

from connector.errors import CrmUnavailable
from jobs.errors import Busy, JobError, RulesWrong, SettingsWrong, StoreUnusable
from jobs.output import IN_PART, Answer, answer, mistake_line, print_json, progress_bar, rule_error_json, table
from rules.model import RuleError, Text
from slack_app.errors import SlackDisconnected


def end(work: Any, *, as_json: bool = True) -> int:
    with pytest.raises(typer.Exit) as caught:
        answer(as_json, work, lambda console, document: console.print(f"in words: {document}"))
    return caught.value.exit_code


def failing(error: Exception) -> Any:
    def work() -> Answer:
        raise error

    return work


def test_a_document_is_printed_whole_and_alone(capfd: pytest.CaptureFixture[str]) -> None:
    assert end(lambda: Answer({"ok": True, "at": datetime(2026, 11, 24, tzinfo=UTC)}, IN_PART)) == 1
    assert json.loads(capfd.readouterr().out) == {"ok": True, "at": "2026-11-24T00:00:00+00:00"}


def test_a_person_gets_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert end(lambda: Answer({"n": 1}), as_json=False) == 0
    assert capsys.readouterr().out.startswith("in words")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsWrong("settings.toml: wrong"), 2),
        (RulesWrong([]), 2),
        (StoreUnusable("The disk is full."), 1),
        (Busy("Another process is at work."), 1),
        (JobError("Port 3000 cannot be used."), 1),
        (CrmUnavailable("HubSpot does not answer."), 1),
        (SlackDisconnected("Check SLACK_BOT_TOKEN."), 1),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_people_can_put_right_is_a_sentence_and_an_exit_code(
    capfd: pytest.CaptureFixture[str], error: Exception, code: int
) -> None:
    assert end(failing(error)) == code
    said = capfd.readouterr()
    assert json.loads(said.out) == {"ok": False, "error": str(error), "kind": type(error).__name__} | (
        {"errors": []} if isinstance(error, RulesWrong) else {}
    )
    assert str(error) in said.err
    assert "Traceback" not in said.err


def test_without_json_nothing_stands_on_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    assert end(failing(SettingsWrong("settings.toml: [a] wrong")), as_json=False) == 2
    assert capfd.readouterr() == ("", "settings.toml: [a] wrong\n")


def test_our_own_mistakes_are_not_hidden() -> None:
    with pytest.raises(KeyError):
        answer(True, failing(KeyError("bug")), lambda _console, _document: None)


def test_what_is_no_json_is_our_mistake() -> None:
    with pytest.raises(TypeError):
        print_json({"x": object()})


def test_every_mistake_of_the_rule_files_is_listed(capfd: pytest.CaptureFixture[str]) -> None:
    mistakes = [
        RuleError("l1.yaml", 3, 5, Text("未知の語です", "Unknown word"), Text("もしかして mode", "Did you mean mode?")),
        RuleError("h1.yaml", 9, 1, Text("値がありません", "No value"), None),
    ]
    assert end(failing(RulesWrong(mistakes))) == 2
    said = capfd.readouterr()
    assert [error["file"] for error in json.loads(said.out)["errors"]] == ["l1.yaml", "h1.yaml"]
    assert "l1.yaml:3:5: 未知の語です / Unknown word" in said.err
    assert "→ もしかして mode / Did you mean mode?" in said.err
    assert mistake_line(rule_error_json(mistakes[1])) == "h1.yaml:9:1: 値がありません / No value"


def test_an_empty_table_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    table(Console(), "Findings", ("rule",), [])
    assert capsys.readouterr().out == "Findings: none\n"


def test_no_bar_is_drawn_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar(enabled=True) as report:
        report("contacts", 5, 10)
    assert capsys.readouterr() == ("", "")
