"""The program `mimawari`: every command as a person types it."""

from __future__ import annotations

import logging
import os
import signal
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from jobs import demo as demonstration
from jobs import serve as service
from jobs.checks.round_trip import Trial
from jobs.clock import read_instant
from jobs.commands import act, check, plan, reasons, rule_files, sandbox, show, slack, waiting
from jobs.commands import export as mirror
from jobs.errors import SettingsWrong
from jobs.output import DONE, Answer, AsJson, answer, complain, print_json, progress_bar, set_up_logs
from jobs.render import (
    show_audit,
    show_backtest,
    show_cycle,
    show_differences,
    show_explanation,
    show_findings,
    show_json,
    show_mistakes,
    show_nothing,
    show_page,
    show_sync,
    show_tests,
)
from jobs.render_plan import show_applied, show_plan, show_undone
from jobs.render_reasons import show_reasons
from jobs.render_waiting import show_lists, show_queues
from jobs.settings import load_settings
from jobs.undo import lines_to_undo, read_target
from jobs.wiring import Parts

app = typer.Typer(
    name="mimawari",
    help="Makes the rounds of your HubSpot and reminds the right person in Slack. Try `mimawari demo`.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
rules_app = typer.Typer(help="The rule files.", no_args_is_help=True)
app.add_typer(sandbox.app, name="sandbox")
app.add_typer(slack.app, name="slack")
app.add_typer(rules_app, name="rules")


def _parts() -> Parts:
    return Parts(load_settings())


@app.callback()
def start(verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log every step.")] = False) -> None:
    set_up_logs(logging.INFO if verbose else logging.WARNING)


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="One cycle, then leave.")] = False,
    contacts: Annotated[int, typer.Option(min=10, help="Size of the invented portal.")] = 2400,
    seed: Annotated[int, typer.Option(help="Another seed gives other people and companies.")] = 1,
    now: Annotated[str, typer.Option(help="Where the stand-ins' clock starts.")] = demonstration.MORNING,
    port: Annotated[int, typer.Option(min=0, help="Port of the page to look at.")] = 0,
    as_json: AsJson = False,
) -> None:
    """See it work: stand-ins for HubSpot and Slack, and the service between them."""

    def work() -> Answer:
        options = demonstration.Options(contacts, seed, read_instant(now, "--now"), port, once)
        with progress_bar(not as_json) as progress:
            return demonstration.demonstrate(options, progress, as_json=as_json)

    answer(as_json, work, demonstration.show_end)


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0)] = 3000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    as_json: AsJson = False,
) -> None:
    """Make the rounds and answer Slack until stopped."""
    set_up_logs(logging.INFO)

    def ready(address: str) -> None:
        if as_json:
            print_json({"ready": True, "url": f"{address}/slack/events"})
        else:
            typer.echo(f"Ready. Slack's requests go to {address}/slack/events. Stop with Ctrl-C.")

    def work() -> Answer:
        service.serve(_parts(), host=host, port=port, ready=ready)
        raise typer.Exit(0)

    answer(as_json, work, show_nothing)


@app.command()
def sync(
    full: Annotated[bool, typer.Option("--full", help="Read everything again, not only what changed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read the CRM into the mirror."""

    def work() -> Answer:
        with progress_bar(not as_json) as progress:
            return act.sync(_parts(), full=full, progress=progress)

    answer(as_json, work, show_sync)


@app.command()
def export(
    objects: Annotated[list[str] | None, typer.Argument(metavar="[OBJECT]", help="Such as contacts or deals.")] = None,
    as_json: AsJson = False,
) -> None:
    """The mirror as one JSON document, with and without --json: records, associations, list members."""

    def work() -> Answer:
        mirror.export(_parts(), objects or [], sys.stdout.buffer.write)
        raise typer.Exit(0)

    answer(as_json, work, show_nothing)


@app.command()
def cycle(as_json: AsJson = False) -> None:
    """Make the round once: poll, examine, write back, remind."""

    def work() -> Answer:
        with progress_bar(not as_json) as progress:
            return act.cycle(_parts(), progress)

    answer(as_json, work, show_cycle)


@app.command()
def findings(
    rule: Annotated[str | None, typer.Option(help="A rule's id or code, such as L1.")] = None,
    state: Annotated[str | None, typer.Option(help="open, reminded, acknowledged, …, closed or all.")] = None,
    as_json: AsJson = False,
) -> None:
    """What is wrong now, and who should act."""
    answer(as_json, lambda: show.findings(_parts(), rule, state), show_findings)


@app.command()
def lists(name: Annotated[str | None, typer.Argument(help="One list's name.")] = None, as_json: AsJson = False) -> None:
    """Recycle, lost and won lists: size, reasons, revived and mailable shares, and who is held out."""
    answer(as_json, lambda: waiting.lists(_parts(), name), show_lists)


@app.command()
def queues(
    name: Annotated[str | None, typer.Argument(help="One queue's id or title.")] = None, as_json: AsJson = False
) -> None:
    """How many contacts wait in each queue, and since when; with a name, who they are."""
    answer(as_json, lambda: waiting.queues(_parts(), name), show_queues)


@app.command(name="plan")
def plan_command(
    whole: Annotated[bool, typer.Option("--all", help="Every line, however many there are.")] = False,
    as_json: AsJson = False,
) -> None:
    """What would be written to the CRM. Writes nothing there."""
    answer(as_json, lambda: plan.plan(_parts()), partial(show_plan, whole=whole))


@app.command(name="apply")
def apply_command(
    plan_id: Annotated[
        int | None, typer.Argument(metavar="PLAN", help="One plan; without it, all that is proposed.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the plan to the CRM."""

    def work() -> Answer:
        parts = _parts()
        number = len(act.lines_to_apply(parts, plan_id))
        _ask(f"Write {number} change(s) to the CRM?" if number else None, yes=yes, as_json=as_json)
        with progress_bar(not as_json) as progress:
            return act.apply_plan(parts, plan_id, progress)

    answer(as_json, work, show_applied)


@app.command(name="undo")
def undo_command(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="CYCLE_OR_PLAN_OR_LINE", help="Such as `cycle 12`, `plan 3`, `line 88`, or C12, P3, L88."
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take back what was written, where nobody has changed it since. Messages are not taken back."""

    def work() -> Answer:
        parts = _parts()
        target = read_target(parts, " ".join(words))
        number = lines_to_undo(parts, target)
        what = f"{target.kind} {target.number}"
        _ask(f"Take back {number} change(s) of {what}?" if number else None, yes=yes, as_json=as_json)
        with progress_bar(not as_json) as progress:
            return act.undo_target(parts, target, progress)

    answer(as_json, work, show_undone)


def _ask(question: str | None, *, yes: bool, as_json: bool) -> None:
    """Leaves where the person says no; None asks nothing."""
    if question is None or yes:
        return
    if as_json:
        raise SettingsWrong("--json does not ask. Add --yes to write.")
    if not typer.confirm(question):
        raise typer.Exit(0)


@app.command()
def explain(
    object_type: Annotated[str, typer.Argument(metavar="OBJECT", help="contacts")],
    record_id: Annotated[str, typer.Argument(metavar="ID")],
    rule: Annotated[str | None, typer.Option(help="A rule's id or code, or a queue's id.")] = None,
    as_json: AsJson = False,
) -> None:
    """Why a record was caught, or why not."""
    answer(as_json, lambda: show.explain(_parts(), object_type, record_id, rule), show_explanation)


@app.command()
def why(
    what: Annotated[str, typer.Argument(metavar="FINDING_OR_RECORD", help="Such as 17, or contacts:501.")],
    as_json: AsJson = False,
) -> None:
    """Why people were told of something, or were not."""
    answer(as_json, lambda: reasons.why(_parts(), what), show_reasons)


@app.command()
def audit(
    record: Annotated[str | None, typer.Option(help="Such as contacts:501.")] = None,
    since: Annotated[str | None, typer.Option(help="Such as 2026-11-24T00:00:00+09:00.")] = None,
    as_json: AsJson = False,
) -> None:
    """Who did what, when, and on which rule's advice."""

    def work() -> Answer:
        moment: datetime | None = read_instant(since, "--since") if since else None
        return show.audit_trail(_parts(), record, moment)

    answer(as_json, work, show_audit)


@rules_app.command("check")
def rules_check(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]", help="A folder of rule files.")] = None,
    as_json: AsJson = False,
) -> None:
    """Every mistake in the rule files, with file, line and remedy; and whether their tests pass."""
    answer(as_json, lambda: rule_files.check(_parts(), paths or []), show_mistakes)


@rules_app.command("test")
def rules_test(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]", help="A folder of rule files.")] = None,
    coverage: Annotated[bool, typer.Option("--coverage", help="List conditions no test makes true, or false.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run the tests that stand in the rule files. Needs neither CRM nor database."""
    answer(as_json, lambda: rule_files.test(_parts(), paths or [], coverage=coverage), show_tests)


@rules_app.command("diff")
def rules_diff(
    path: Annotated[Path | None, typer.Argument(metavar="[PATH]", help="A folder of rule files.")] = None,
    as_json: AsJson = False,
) -> None:
    """What changed rule files would change now: findings, lists, values. Changes nothing."""
    answer(as_json, lambda: rule_files.compare(_parts(), path), show_differences)


@rules_app.command("backtest")
def rules_backtest(
    path: Annotated[Path | None, typer.Argument(metavar="[PATH]", help="A folder of rule files.")] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="A day; 30 days before the last one if not given.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="A day; today if not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """What rule files would have found, said and written on each day of recorded history. Changes nothing."""

    def work() -> Answer:
        with progress_bar(not as_json) as progress:
            return rule_files.backtest_rules(_parts(), path, first, last, progress)

    answer(as_json, work, show_backtest)


@rules_app.command("schema")
def rules_schema(as_json: AsJson = False) -> None:
    """A JSON Schema of the rule files, for editors. It is JSON with and without --json."""
    answer(as_json, lambda: rule_files.schema(_parts()), show_json)


@rules_app.command("reference")
def rules_reference(
    language: Annotated[str, typer.Option(help="ja or en")] = "en",
    as_json: AsJson = False,
) -> None:
    """The reference of the rule language as a Markdown page."""
    answer(as_json, lambda: rule_files.language(_parts(), language), show_page)


@app.command()
def doctor(
    button: Annotated[
        bool, typer.Option("--round-trip", help="Send an admin a card in Slack and wait for the press of its button.")
    ] = False,
    to: Annotated[str | None, typer.Option(help="With --round-trip: the mail address of whoever will press.")] = None,
    url: Annotated[
        str | None, typer.Option(help="With --round-trip: our address as Slack calls it, tried first.")
    ] = None,
    wait: Annotated[int, typer.Option(min=5, max=600, help="With --round-trip: seconds to wait.")] = 120,
    language: Annotated[str | None, typer.Option(help="ja or en; without it, the language of the settings.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find the usual set-up mistakes."""
    trial = Trial(to, url, wait) if button else None
    answer(as_json, lambda: check.doctor(load_settings, language, trial), check.show_checks)


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
