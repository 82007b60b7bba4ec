"""Every command as a script uses it: one JSON document, the promised keys, the exit code."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from rules.load import LIBRARY
from tests.journeys.site import Site

# The keys that each document has at least.
PROMISED = {
    ("sync",): {"objects", "crm_calls", "seconds"},
    ("sync", "--full"): {"objects", "crm_calls", "seconds"},
    ("findings",): {"findings"},
    ("findings", "--rule", "L1", "--state", "all"): {"findings"},
    ("lists",): {"lists"},
    ("queues",): {"queues"},
    ("queues", "inquiry"): {"queues"},
    ("export",): {"objects", "associations", "lists", "mirrored"},
    ("export", "contacts", "deals"): {"objects", "associations", "lists", "mirrored"},
    ("plan",): {"plan", "lines"},
    ("apply", "--yes"): {"applied", "conflict", "failed", "lines"},
    ("undo", "plan", "1", "--yes"): {"applied", "conflict", "failed", "lines"},
    ("audit",): {"entries"},
    ("audit", "--since", "2026-11-24T00:00:00+09:00"): {"entries"},
    ("rules", "check"): {"ok", "errors", "tests"},
    ("rules", "test", str(LIBRARY / "pitch.yaml")): {"ok", "passed", "failed", "tests"},
    ("rules", "test", "--coverage", str(LIBRARY / "pitch.yaml")): {"ok", "coverage"},
}
WRONG = {
    ("findings", "--rule", "L99"): "there is no such rule",
    ("findings", "--state", "opn"): "there is no such state",
    ("lists", "nowhere"): "there is no such list",
    ("queues", "nowhere"): "there is no such queue",
    ("export", "contcts"): "Did you mean contacts?",
    ("export", "contacts", "tasks"): "tasks are not mirrored",
    ("apply",): "Add --yes",
    ("apply", "99", "--yes"): "there is no such plan",
    ("undo", "everything"): "write it like `cycle 12`",
    ("undo", "line", "999999"): "there is no such line",
    ("explain", "deals", "1"): "rules examine contacts",
    ("explain", "contacts", "x"): "is a number",
    ("explain", "contacts", "999999999"): "not in the mirror",
    ("audit", "--record", "501"): "write it like contacts:501",
    ("audit", "--since", "yesterday"): "is no point in time",
    ("rules", "check", "nowhere"): "there is no such folder",
    ("rules", "test", "nowhere"): "there is no such folder",
}


@pytest.fixture
def filled(site: Site) -> Site:
    site.stage.make_first_round()
    return site


def test_each_command_prints_the_document_that_it_promises(filled: Site) -> None:
    for command, keys in PROMISED.items():
        ended = filled.run(*command, "--json")
        assert ended.exit_code == 0, ended.err
        assert keys <= set(ended.document), command


def test_wrong_words_are_an_error_of_use_with_a_sentence(filled: Site) -> None:
    for command, words in WRONG.items():
        ended = filled.run(*command, "--json")
        assert ended.exit_code == 2, (command, ended.err)
        assert words in ended.document["error"]
        assert words in ended.err.replace("\n", " ")


def test_a_person_reads_words_instead_of_json(filled: Site) -> None:
    for command in (("sync",), ("findings",), ("lists",), ("queues",), ("plan",), ("audit",), ("export",), ("doctor",)):
        ended = filled.run(*command, COLUMNS="200")
        assert ended.out.strip(), command
        assert command == ("export",) or not ended.out.startswith("{"), command


def test_a_round_says_what_it_did(filled: Site) -> None:
    document = filled.run("cycle", "--json").document
    assert {"cycle", "sync", "findings", "plan", "writes", "messages"} <= set(document)
    assert document["findings"]["open"] == sum(document["findings"]["by_rule"].values())
    assert document["messages"] == {"posted": 0, "updated": 0, "held": 0, "failed": 0}


def test_a_finding_is_explained_by_the_conditions_that_held(filled: Site) -> None:
    leak = filled.run("findings", "--rule", "L1", "--json").document["findings"][0]
    document = filled.run("explain", "contacts", leak["id"], "--rule", "L1", "--json").document
    assert document["record"]["id"] == leak["id"]
    (rule,) = document["rules"]
    assert rule["verdict"] is True
    assert all({"text", "value", "held"} <= set(node) for node in rule["conditions"])


def test_where_a_rule_does_not_hold_the_nearest_thing_is_said(filled: Site) -> None:
    leak = filled.run("findings", "--rule", "L1", "--json").document["findings"][0]
    rules = filled.run("explain", "contacts", leak["id"], "--json").document["rules"]
    assert [rule["rule"] for rule in rules if rule["verdict"] and rule["nearest"]] == []
    near = {rule["code"]: rule["nearest"] for rule in rules}
    assert near["H1"]["changes"][0] == {
        "word": "lead_status",
        "property": "hs_lead_status",
        "from": "OPEN_DEAL",
        "to": "NEW",
    }
    shown = filled.run("explain", "contacts", leak["id"]).out
    assert f"→ {near['H1']['text']}" in shown


def test_planning_writes_nothing_to_the_crm(filled: Site) -> None:
    before = filled.stage.crm_writes()
    assert filled.run("plan", "--json").document["lines"]
    assert filled.stage.crm_writes() == before


def test_commands_that_look_need_a_first_sync_and_say_so(site: Site) -> None:
    for command in (("plan",), ("export",), ("explain", "contacts", "1")):
        ended = site.run(*command, "--json")
        assert ended.exit_code == 1
        assert "Run `mimawari sync` first" in ended.document["error"]


def test_two_rounds_at_once_wait_for_each_other_and_tell_nobody_twice(site: Site) -> None:
    with contextlib.ExitStack() as stack:
        started = [site.program.start("cycle", "--json") for _ in range(2)]
        for run in started:
            stack.callback(run.close)
        ended = [run.wait() for run in started]
    assert [one.exit_code for one in ended] == [0, 0]
    assert sorted(one.document["findings"]["opened"] > 0 for one in ended) == [False, True]
    told = [(one.to, one.text) for one in site.stage.messages()]
    assert len(told) == len(set(told))


def test_the_installed_program_tells_its_commands() -> None:
    program = Path(sys.executable).parent / "mimawari"
    done = subprocess.run([program, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert all(command in done.stdout for command in ("demo", "serve", "cycle", "explain", "doctor"))
