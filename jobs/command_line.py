"""The program `mimawari`: every command by name, with what it does."""

from __future__ import annotations

import logging
import os
import signal
import sys
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from jobs.errors import SettingsWrong
from jobs.output import DONE, complain, set_up_logs
from jobs.terminal.later import Later, group

COMMANDS = {
    "demo": (
        "jobs.terminal.demo:demo",
        "See it work: stand-ins for HubSpot and Slack, and the service between them.",
    ),
    "serve": ("jobs.terminal.serve:serve", "Make the rounds and answer Slack until stopped."),
    "sync": ("jobs.terminal.work:sync", "Read the CRM into the mirror."),
    "export": (
        "jobs.terminal.export:export",
        "The mirror as one JSON document, with and without --json: records, associations, list members.",
    ),
    "cycle": ("jobs.terminal.work:cycle", "Make the round once: poll, examine, write back, remind."),
    "findings": ("jobs.terminal.look:findings", "What is wrong now, and who should act."),
    "lists": (
        "jobs.terminal.look:lists",
        "Recycle, lost and won lists: size, reasons, revived and mailable shares, and who is held out.",
    ),
    "queues": (
        "jobs.terminal.look:queues",
        "How many contacts wait in each queue, and since when; with a name, who they are.",
    ),
    "plan": ("jobs.terminal.plan:plan", "What would be written to the CRM. Writes nothing there."),
    "apply": ("jobs.terminal.work:apply", "Write the plan to the CRM."),
    "undo": (
        "jobs.terminal.work:undo",
        "Take back what was written, where nobody has changed it since. Messages are not taken back.",
    ),
    "explain": ("jobs.terminal.look:explain", "Why a record was caught, or why not."),
    "why": ("jobs.terminal.look:why", "Why people were told of something, or were not."),
    "audit": ("jobs.terminal.look:audit", "Who did what, when, and on which rule's advice."),
    "doctor": ("jobs.terminal.doctor:doctor", "Find the usual set-up mistakes."),
}
SANDBOX = {
    "crm": ("jobs.terminal.sandbox:crm", "A stand-in for HubSpot, filled with an invented portal."),
    "portal": (
        "jobs.terminal.sandbox:portal",
        """Write a large invented portal into a file, for `sandbox crm --portal`.

It is put together from smaller ones. The records are as real, but the list of what a checker must find is missing.""",
    ),
    "slack": ("jobs.terminal.sandbox:slack", "A stand-in for Slack with a page to look at."),
}
SLACK = {
    "manifest": (
        "jobs.terminal.slack:manifest",
        "The manifest to create the Slack app from, with your address in it.",
    ),
}
RULES = {
    "check": (
        "jobs.terminal.rule_files:check",
        "Every mistake in the rule files, with file, line and remedy; and whether their tests pass.",
    ),
    "test": (
        "jobs.terminal.rule_files:run_tests",
        "Run the tests that stand in the rule files. Needs neither CRM nor database.",
    ),
    "diff": (
        "jobs.terminal.rule_changes:diff",
        "What changed rule files would change now: findings, lists, values. Changes nothing.",
    ),
    "backtest": (
        "jobs.terminal.rule_changes:backtest",
        "What rule files would have found, said and written on each day of recorded history. Changes nothing.",
    ),
    "schema": (
        "jobs.terminal.rule_files:schema",
        "A JSON Schema of the rule files, for editors. It is JSON with and without --json.",
    ),
    "reference": ("jobs.terminal.rule_files:reference", "The reference of the rule language as a Markdown page."),
}
GROUPS = {
    "sandbox": ("Stand-ins for HubSpot and Slack, as servers of their own.", SANDBOX),
    "slack": ("The app to create in Slack.", SLACK),
    "rules": ("The rule files.", RULES),
}


class _Program(TyperGroup):
    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        for name, (place, words) in COMMANDS.items():
            self.add_command(Later(name, place, words))
        for name, (words, commands) in GROUPS.items():
            self.add_command(group(name, words, commands))


app = typer.Typer(
    cls=_Program,
    name="mimawari",
    help="Makes the rounds of your HubSpot and reminds the right person in Slack. Try `mimawari demo`.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)


@app.callback()
def start(verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log every step.")] = False) -> None:
    set_up_logs(logging.INFO if verbose else logging.WARNING)


def _leave(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def main() -> None:
    """The entry point. Nothing here may reach a proxy on the way to a server on this machine.

    SIGTERM unwinds what is under way, so that leases are given back and stand-ins are stopped.
    """
    signal.signal(signal.SIGTERM, _leave)
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1,localhost"]))
    if "--json" not in sys.argv[1:]:
        app()
    try:
        code: int | None = app(standalone_mode=False)
    except typer.TyperException as error:
        # What is wrong with the words on the command line is a document, too.
        complain(True, SettingsWrong(error.format_message()))
        code = error.exit_code
    raise SystemExit(code or DONE)


if __name__ == "__main__":
    main()
