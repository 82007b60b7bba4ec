"""The commands that work with the CRM: sync, cycle, apply, undo."""

from __future__ import annotations

from typing import Annotated

import typer

from jobs.commands import act
from jobs.errors import SettingsWrong
from jobs.output import Answer, AsJson, answer, progress_bar
from jobs.render import show_cycle, show_sync
from jobs.render_plan import show_applied, show_undone
from jobs.settings import load_settings
from jobs.undo import lines_to_undo, read_target
from jobs.wiring import Parts


def sync(
    full: Annotated[bool, typer.Option("--full", help="Read everything again, not only what changed.")] = False,
    as_json: AsJson = False,
) -> None:
    def work() -> Answer:
        with progress_bar(not as_json) as progress:
            return act.sync(Parts(load_settings()), full=full, progress=progress)

    answer(as_json, work, show_sync)


def cycle(as_json: AsJson = False) -> None:
    def work() -> Answer:
        with progress_bar(not as_json) as progress:
            return act.cycle(Parts(load_settings()), progress)

    answer(as_json, work, show_cycle)


def apply(
    plan_id: Annotated[
        int | None, typer.Argument(metavar="PLAN", help="One plan; without it, all that is proposed.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    def work() -> Answer:
        parts = Parts(load_settings())
        number = len(act.lines_to_apply(parts, plan_id))
        _ask(f"Write {number} change(s) to the CRM?" if number else None, yes=yes, as_json=as_json)
        with progress_bar(not as_json) as progress:
            return act.apply_plan(parts, plan_id, progress)

    answer(as_json, work, show_applied)


def undo(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="CYCLE_OR_PLAN_OR_LINE", help="Such as `cycle 12`, `plan 3`, `line 88`, or C12, P3, L88."
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    def work() -> Answer:
        parts = Parts(load_settings())
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
