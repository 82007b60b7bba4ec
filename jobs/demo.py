"""The whole program on this machine alone: stand-ins for HubSpot and Slack, and the service between them."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import tempfile
from collections.abc import Callable, Generator
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from rich.console import Console
from sqlalchemy import MetaData, delete, insert, select

from connector.mirror import tables as mirror_tables
from connector.mirror.tables import record_table
from connector.records import MIRRORED_TYPES
from jobs import serve as service
from jobs.clock import system_clock
from jobs.cycle import Report, run_cycle
from jobs.database import open_database, writing
from jobs.errors import SettingsWrong
from jobs.ledger import tables as ledger
from jobs.listening import bind
from jobs.output import DONE, IN_PART, Answer, print_json
from jobs.render import show_cycle
from jobs.sandbox import Ready, started
from jobs.settings import Environment, Settings, load_settings
from jobs.wiring import Parts

# The Tuesday after a holiday, when each limit has moved by one business day and the morning's messages are due.
MORNING = "2026-11-24T09:30:00+09:00"

# Marks a database that a demo may empty.
_MARK = "demo"

Progress = Callable[[str, int, int | None], None]


@dataclasses.dataclass(frozen=True, slots=True)
class Options:
    contacts: int
    seed: int
    now: datetime
    port: int
    once: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Stage:
    """The stand-ins as they run, and the settings that point the service at them."""

    crm: Ready
    slack: Ready
    settings: Settings

    @property
    def addresses(self) -> dict[str, Any]:
        return {
            "crm_url": self.crm.url,
            "slack_url": self.slack.url,
            "page_url": self.slack.page_url,
            "crm_control_url": self.crm.control_url,
            "slack_control_url": self.slack.control_url,
        }


def demonstrate(options: Options, progress: Progress, *, as_json: bool) -> Answer:
    """Start everything, make a round, and show it; with `once` leave then, else serve until stopped."""
    bind("127.0.0.1", options.port).close()  # a clear word now, if the page's port is taken
    listening = bind("127.0.0.1", 0)
    app_port = listening.getsockname()[1]
    listening.close()
    with _stage(options, f"http://127.0.0.1:{app_port}/slack/events") as stage:
        parts = Parts(stage.settings)
        if options.once:
            report = run_cycle(parts, progress)
            return Answer({**report.document, **stage.addresses}, DONE if report.complete else IN_PART)
        _serve(parts, stage, app_port, progress, as_json=as_json)
        return Answer({"stopped": True, **stage.addresses})


def _serve(parts: Parts, stage: Stage, port: int, progress: Progress, *, as_json: bool) -> None:
    report = run_cycle(parts, progress)

    def ready(_address: str) -> None:
        if as_json:
            print_json({**report.document, **stage.addresses})
        else:
            _introduce(report, stage)

    service.serve(parts, host="127.0.0.1", port=port, ready=ready, first_round=False)


def _introduce(report: Report, stage: Stage) -> None:
    console = Console()
    show_cycle(console, report.document)
    console.print(f"\nLook at it here:  {stage.slack.page_url}", style="bold green", highlight=False)
    console.print(
        "Press 確認しました / Acknowledge, change a status, or type  /lead help  into the box. Stop with Ctrl-C.",
        markup=False,
        highlight=False,
    )


def show_end(console: Console, document: Any) -> None:
    if document.get("stopped"):
        console.print("Stopped.")
    else:
        show_cycle(console, document)


@contextlib.contextmanager
def _stage(options: Options, app_url: str) -> Generator[Stage]:
    now = options.now.isoformat()
    with contextlib.ExitStack() as stack:
        size = ("--contacts", str(options.contacts), "--seed", str(options.seed))
        crm = stack.enter_context(started(["crm", *size, "--now", now]))
        page = ("--port", str(options.port), "--app-url", app_url, "--crm-url", crm.url)
        slack = stack.enter_context(started(["slack", *page, "--now", now]))
        database = stack.enter_context(_database())
        yield Stage(crm, slack, _settings(crm, slack, database))


@contextlib.contextmanager
def _database() -> Generator[str]:
    """A database of its own that goes with the demo, or the one of MIMAWARI_DATABASE_URL, emptied.

    Only a database that a demo made is emptied: anything else is refused.
    """
    named = os.environ.get("MIMAWARI_DATABASE_URL")
    if named:
        _empty(named)
        yield named
        return
    with tempfile.TemporaryDirectory(prefix="mimawari-demo-") as folder:
        yield f"sqlite:///{Path(folder) / 'demo.db'}"


def _empty(url: str) -> None:
    engine = open_database(url)
    with writing(engine) as connection:
        used = connection.execute(select(mirror_tables.portal)).first() is not None
        ours = connection.execute(select(ledger.runs).where(ledger.runs.c.kind == _MARK)).first() is not None
        if used and not ours:
            raise SettingsWrong(
                "MIMAWARI_DATABASE_URL: this database holds a real portal, and a demo would empty it. "
                "Name another database, or unset the variable: the demo then makes its own."
            )
        records = [record_table(kind, {}, MetaData()) for kind in MIRRORED_TYPES]
        for table in (*reversed(ledger.metadata.sorted_tables), *mirror_tables.metadata.sorted_tables, *records):
            connection.execute(delete(table))
        connection.execute(insert(ledger.runs).values(kind=_MARK, started_at=system_clock(), state="done"))
    engine.dispose()


def _settings(crm: Ready, slack: Ready, database: str) -> Settings:
    environment = Environment(
        mimawari_database_url=database,
        mimawari_now=f"{crm.control_url}/clock",
        hubspot_access_token=SecretStr(crm.token),
        hubspot_client_id=None,
        hubspot_client_secret=None,
        hubspot_refresh_token=None,
        hubspot_base_url=crm.url,
        slack_bot_token=SecretStr(slack.token),
        slack_signing_secret=SecretStr(slack.signing_secret),
        slack_base_url=slack.url,
    )
    settings = load_settings(environment)
    file = settings.file
    sections = {
        "crm": file.crm.model_copy(update={"app_address": slack.page_url.rstrip("/")}),
        "service": file.service.model_copy(update={"cycle_every_minutes": 1}),
    }
    return dataclasses.replace(settings, file=file.model_copy(update=sections))
