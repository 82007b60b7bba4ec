"""How fast the service answers people's clicks while it makes a round, and whether each click acts once."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
from sqlalchemy import Engine, select

from connector.sandbox.people import demo_people
from jobs.cycle import run_cycle
from jobs.database import snapshot
from jobs.ledger.tables import acts, audit, findings, runs
from jobs.sandbox import Ready, started
from jobs.settings import Environment, load_settings
from jobs.wiring import Parts

MORNING, NEXT_MORNING = "2026-11-24T09:30:00+09:00", "2026-11-25T03:30:00+09:00"
# Of a hundred requests: presses of Acknowledge, the same press sent again, lists, looks at a contact.
_PRESSES, _AGAIN, _LISTS = 70, 10, 15
# The service finishes the round before it ends.
_LONGEST_ROUND_S = 3600


@dataclasses.dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of each answer, sorted; what was refused; acts that were lost or done twice."""

    seconds: list[float]
    refused: dict[str, int]
    lost: int
    doubled: int
    acknowledged: int
    rounds_meanwhile: int

    def share(self, part: float) -> float:
        return self.seconds[min(len(self.seconds) - 1, int(part * len(self.seconds)))]


def measured(database_url: str, contacts: int, seconds: int, per_second: int = 50) -> Figures:
    """A first round, then a night in which much changes; people click while the service makes the next round."""
    with (
        tempfile.TemporaryDirectory() as folder,
        started(["crm", "--contacts", str(contacts), "--now", MORNING, "--limits", "off"]) as crm,
        started(["slack", "--now", MORNING]) as slack,
    ):
        _control(slack, "limits", scale=0)
        told = environment_of(crm, slack, database_url)
        parts = Parts(load_settings(Environment(_env_file=None, **{k.lower(): v for k, v in told.items()})))  # pyright: ignore[reportCallIssue, reportArgumentType] # taken by pydantic-settings
        run_cycle(parts)
        bodies, expected = requests_of(parts.engine, seconds * per_second)
        _change_much(crm, contacts)
        # A clock that is asked by HTTP is the stand-ins' way, and no part of a click.
        with _serving(folder, told | {"MIMAWARI_NOW": NEXT_MORNING}) as url:
            _greet(url, slack.signing_secret, bodies)
            order = {"url": url, "secret": slack.signing_secret, "per_second": per_second, "bodies": bodies}
            answers = _send(order)
        try:
            return _judged(parts.engine, answers, expected)
        finally:
            parts.engine.dispose()


def environment_of(crm: Ready, slack: Ready, database_url: str) -> dict[str, str]:
    return {
        "MIMAWARI_DATABASE_URL": database_url,
        "MIMAWARI_NOW": f"{crm.control_url}/clock",
        "HUBSPOT_ACCESS_TOKEN": crm.token,
        "HUBSPOT_BASE_URL": crm.url,
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_BASE_URL": slack.url,
    }


def requests_of(engine: Engine, number: int) -> tuple[list[str], set[str]]:
    """Bodies as Slack sends them, and the ids of the acts that must be found in the ledger afterwards."""
    chance = random.Random(1)
    with snapshot(engine) as connection:
        query = select(findings.c.id, findings.c.owner_id, findings.c.object_id).where(findings.c.open_key.is_not(None))
        rows = list(connection.execute(query.order_by(findings.c.id)))
    # One has another address in Slack, and is nobody there until the settings say so.
    known = {person.owner_id for person in demo_people() if person.has_slack and person.slack_mail == person.mail}
    open_findings = [row for row in rows if row.owner_id in known]
    bodies: list[str] = []
    expected: set[str] = set()
    for n in range(number):
        row = open_findings[n % len(open_findings)]
        user, kind = f"U0{row.owner_id}", chance.randrange(100)
        if kind < _PRESSES:
            expected.add(f"{user}:{n}.0:acknowledge")
            bodies.append(_press(user, row.id, f"{n}.0"))
        elif kind < _PRESSES + _AGAIN and bodies:
            bodies.append(bodies[-1])
        else:
            words = "list" if kind < _PRESSES + _AGAIN + _LISTS else f"status {row.object_id}"
            bodies.append(_command(user, words, n))
    return bodies, expected


def _press(user: str, finding: int, at: str) -> str:
    action = {"action_id": "acknowledge", "block_id": "b", "type": "button", "value": str(finding), "action_ts": at}
    container = {"type": "message", "message_ts": "1.0", "channel_id": "D1", "is_ephemeral": False}
    payload = {
        "type": "block_actions",
        "team": {"id": "T1", "domain": "d"},
        "user": {"id": user, "name": user, "team_id": "T1"},
        "trigger_id": f"t{at}",
        "response_url": "http://127.0.0.1:9/",
        "container": container,
        "channel": {"id": "D1", "name": "directmessage"},
        "actions": [action],
    }
    return urlencode({"payload": json.dumps(payload)})


def _command(user: str, words: str, number: int) -> str:
    fields = {"command": "/lead", "text": words, "user_id": user, "team_id": "T1", "channel_id": "D1"}
    return urlencode(fields | {"trigger_id": f"c{number}", "response_url": "http://127.0.0.1:9/"})


def _change_much(crm: Ready, contacts: int) -> None:
    """Time for the nightly examination of everything, and a tenth of the contacts changed."""
    _control(crm, "clock", now=NEXT_MORNING)
    _control(crm, "bulk", count=contacts // 10, same_millisecond=False)


def _control(stand_in: Ready, path: str, **body: Any) -> None:
    answer = httpx.post(f"{stand_in.control_url}/{path}", json=body, trust_env=False, timeout=120)
    assert answer.status_code == 200, answer.text


@contextlib.contextmanager
def _serving(folder: str, told: dict[str, str]) -> Iterator[str]:
    command = [sys.executable, "-m", "jobs.command_line", "serve", "--port", "0", "--json"]
    with subprocess.Popen(command, cwd=folder, env={**os.environ, **told}, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
        process.terminate()
        process.wait(_LONGEST_ROUND_S)


def _greet(url: str, secret: str, bodies: list[str]) -> None:
    """Everybody has been there before: a service that has just started looks each person up in Slack once."""
    users = sorted({user for body in bodies for user in re.findall(r"U0[0-9]+", body)})
    order = {"url": url, "secret": secret, "per_second": 1, "bodies": [_command(user, "help", 0) for user in users]}
    _send(order)


def _send(order: dict[str, Any]) -> list[dict[str, Any]]:
    sender = [sys.executable, "-m", "tests.benchmarks.click_sender"]
    done = subprocess.run(sender, input=json.dumps(order), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def _judged(engine: Engine, answers: list[dict[str, Any]], expected: set[str]) -> Figures:
    with snapshot(engine) as connection:
        kept = {row.id: row.answer for row in connection.execute(select(acts))}
        done = Counter(
            connection.execute(select(audit.c.correlation).where(audit.c.action == "finding.acknowledged")).scalars()
        )
        rounds = connection.execute(select(runs.c.id).where(runs.c.kind == "cycle")).fetchall()
    successful = {i for i in expected if (kept.get(i) or {}).get("ok")}
    return Figures(
        seconds=sorted(one["seconds"] for one in answers),
        refused=dict(Counter(str(one["status"]) for one in answers if one["status"] != 200)),
        lost=sum(1 for i in expected if not kept.get(i)) + sum(1 for i in successful if not done[i]),
        doubled=sum(n - 1 for i, n in done.items() if i in expected),
        acknowledged=len(successful),
        rounds_meanwhile=len(rounds) - 1,
    )


def shown(figures: Figures) -> dict[str, Any]:
    p50, p99 = (round(figures.share(part) * 1000) for part in (0.5, 0.99))
    return {
        "answers": len(figures.seconds),
        "p50_ms": p50,
        "p99_ms": p99,
        "longest_ms": round(figures.seconds[-1] * 1000),
        "refused": figures.refused,
        "acknowledged": figures.acknowledged,
        "lost": figures.lost,
        "doubled": figures.doubled,
        "rounds": figures.rounds_meanwhile,
    }


if __name__ == "__main__":
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as place:
        url = sys.argv[3] if len(sys.argv) > 3 else f"sqlite:///{place}/clicks.db"
        sys.stdout.write(json.dumps(shown(measured(url, int(sys.argv[1]), int(sys.argv[2])))) + "\n")
    sys.stderr.write(f"{time.perf_counter() - begun:.0f} s in all\n")
