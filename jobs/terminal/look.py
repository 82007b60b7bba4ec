"""The commands that look and change nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from jobs.clock import read_instant
from jobs.commands import reasons, show, waiting
from jobs.output import Answer, AsJson, answer
from jobs.render import show_audit, show_explanation, show_findings
from jobs.render_reasons import show_reasons
from jobs.render_waiting import show_lists, show_queues
from jobs.settings import load_settings
from jobs.wiring import Parts


def findings(
    rule: Annotated[str | None, typer.Option(help="A rule's id or code, such as L1.")] = None,
    state: Annotated[str | None, typer.Option(help="open, reminded, acknowledged, …, closed or all.")] = None,
    as_json: AsJson = False,
) -> None:
    answer(as_json, lambda: show.findings(Parts(load_settings()), rule, state), show_findings)


def lists(name: Annotated[str | None, typer.Argument(help="One list's name.")] = None, as_json: AsJson = False) -> None:
    answer(as_json, lambda: waiting.lists(Parts(load_settings()), name), show_lists)


def queues(
    name: Annotated[str | None, typer.Argument(help="One queue's id or title.")] = None, as_json: AsJson = False
) -> None:
    answer(as_json, lambda: waiting.queues(Parts(load_settings()), name), show_queues)


def explain(
    object_type: Annotated[str, typer.Argument(metavar="OBJECT", help="contacts")],
    record_id: Annotated[str, typer.Argument(metavar="ID")],
    rule: Annotated[str | None, typer.Option(help="A rule's id or code, or a queue's id.")] = None,
    as_json: AsJson = False,
) -> None:
    answer(as_json, lambda: show.explain(Parts(load_settings()), object_type, record_id, rule), show_explanation)


def why(
    what: Annotated[str, typer.Argument(metavar="FINDING_OR_RECORD", help="Such as 17, or contacts:501.")],
    as_json: AsJson = False,
) -> None:
    answer(as_json, lambda: reasons.why(Parts(load_settings()), what), show_reasons)


def audit(
    record: Annotated[str | None, typer.Option(help="Such as contacts:501.")] = None,
    since: Annotated[str | None, typer.Option(help="Such as 2026-11-24T00:00:00+09:00.")] = None,
    as_json: AsJson = False,
) -> None:
    def work() -> Answer:
        moment: datetime | None = read_instant(since, "--since") if since else None
        return show.audit_trail(Parts(load_settings()), record, moment)

    answer(as_json, work, show_audit)
