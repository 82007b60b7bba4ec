"""The program as a process of its own: run to its end, killed on the way, and what it left behind."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from jobs.database import snapshot
from jobs.ledger import tables
from tests.journeys.program import Program, Run
from tests.journeys.stage import Heard, Stage

_POLL_S = 0.002
_LONGEST_S = 30


@dataclasses.dataclass(frozen=True, slots=True)
class Left:
    """What can be seen in the ledger, in the CRM and in Slack, without the numbers that differ from run to run."""

    findings: Counter[tuple[Any, ...]]
    places: Counter[tuple[Any, ...]]
    plan_lines: Counter[tuple[Any, ...]]
    contacts: dict[str, Any]
    crm_lists: dict[str, set[str]]
    messages: Counter[str]


@dataclasses.dataclass(frozen=True, slots=True)
class Length:
    """From a run's first call to the CRM until its end: seconds, and calls to CRM and Slack together."""

    seconds: float
    calls: int


def run_to_the_end(stage: Stage, runs: str, *words: str) -> Length:
    """The end must be a good one."""
    before = _calls(stage)
    with _started(stage, runs, words) as run:
        begun = time.monotonic()
        ended = run.wait()
        assert ended.exit_code == 0, ended.out + ended.err
        return Length(time.monotonic() - begun, _calls(stage) - before)


def run_and_kill(stage: Stage, runs: str, *words: str, length: Length, share: float, by_calls: bool) -> None:
    """Kill a run of this length after a share of its time, or of its calls, if it has not ended before that."""
    before = _calls(stage)
    with _started(stage, runs, words) as run:
        if by_calls:
            while _calls(stage) - before < share * length.calls and not run.ends_within(_POLL_S):
                pass
        else:
            run.ends_within(share * length.seconds)
        run.send(signal.SIGKILL)
        run.wait()


def _calls(stage: Stage) -> int:
    return stage.crm_calls() + stage.slack_calls()


@contextlib.contextmanager
def _started(stage: Stage, runs: str, words: tuple[str, ...]) -> Iterator[Run]:
    """A run that has made its first call to the CRM."""
    before = stage.crm_calls()
    program = Program(runs, stage.folder, stage.environment(stage.database_url))
    with contextlib.closing(program.start(*words, "--json")) as run:
        end = time.monotonic() + _LONGEST_S
        while stage.crm_calls() == before and not run.ends_within(_POLL_S):
            assert time.monotonic() < end, "the program has not called the CRM"
        yield run


def left_behind(stage: Stage) -> Left:
    state = stage.crm.state()
    with snapshot(stage.program.engine) as connection:
        findings, places, lines = (
            Counter(tuple(row) for row in connection.execute(select(*columns)))
            for columns in (_FINDING, _PLACE, _PLAN_LINE)
        )
    contacts = {i: _values(one) for i, one in state["objects"]["contacts"].items()}
    messages = Counter(_said(one) for one in stage.messages())
    return Left(findings, places, lines, contacts, stage.crm_lists(), messages)


_FINDING = [tables.findings.c[name] for name in ("code", "object_id", "round", "state", "owner_id", "status_since")]
_PLACE = [tables.memberships.c[name] for name in ("list_name", "object_id", "state", "held_by", "in_crm")]
_PLAN_LINE = [tables.plan_lines.c[name] for name in ("object_id", "property", "before", "after", "rule", "state")]


def _values(contact: dict[str, Any]) -> Any:
    """A contact's values, and how often its rank has been written."""
    values = {name: text for name, text in contact["properties"].items() if "lastmodified" not in name}
    return values, len(contact["history"].get("lead_rank", ()))


def _said(message: Heard) -> str:
    return json.dumps([message.to, message.text, _without_numbers(message.blocks)], ensure_ascii=False, sort_keys=True)


def _without_numbers(part: Any) -> Any:
    """Blocks without findings' numbers, which skip where a transaction was cut off, and without ids that Slack makes up."""
    if isinstance(part, list):
        return [_without_numbers(one) for one in part]
    if not isinstance(part, dict):
        return part
    kept = {name: _without_numbers(one) for name, one in part.items()}
    if kept.get("action_id") == "acknowledge":
        kept["value"] = "finding"
    if "block_id" in kept:
        kept["block_id"] = re.sub(r":finding:\d+", "", kept["block_id"]) if ":" in kept["block_id"] else ""
    return kept
