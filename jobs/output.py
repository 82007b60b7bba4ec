"""How a command says what it did: one JSON document, or words and tables for a person; errors as sentences."""

from __future__ import annotations

import dataclasses
import logging
import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

import orjson
import structlog
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from connector.errors import CrmError
from jobs.errors import JobError, RulesWrong
from slack_app.errors import SlackError

DONE, IN_PART, WRONG_USE = 0, 1, 2

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of words.")]

STEPS = {
    "definitions": "Reading the portal's properties",
    "owners": "Reading owners",
    "companies": "Reading companies",
    "contacts": "Reading contacts",
    "deals": "Reading deals",
    "meetings": "Reading meetings",
    "links": "Reading associations",
    "examine": "Examining",
    "replay": "Replaying",
    "generate": "Making contacts",
    "write": "Writing to the CRM",
    "remind": "Sending messages",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """A command's result: the document that `--json` prints, and how it ended."""

    document: dict[str, Any]
    exit_code: int = DONE


def answer(as_json: bool, work: Callable[[], Answer], show: Callable[[Console, dict[str, Any]], None]) -> None:
    """Run a command and leave with its exit code. What a person can put right is said in a sentence, not a trace."""
    try:
        result = work()
    except (JobError, CrmError, SlackError) as error:
        complain(as_json, error)
        raise typer.Exit(error.exit_code if isinstance(error, JobError) else IN_PART) from None
    if as_json:
        print_json(result.document)
    else:
        show(Console(), result.document)
    raise typer.Exit(result.exit_code)


def print_json(document: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(document, default=_plain) + b"\n")
    sys.stdout.buffer.flush()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be printed as JSON")


def complain(as_json: bool, error: Exception) -> None:
    console = Console(stderr=True)
    document: dict[str, Any] = {"ok": False, "error": str(error), "kind": type(error).__name__}
    if isinstance(error, RulesWrong):
        document["errors"] = [rule_error_json(e) for e in error.errors]
        for mistake in document["errors"]:
            console.print(mistake_line(mistake), markup=False, soft_wrap=True)
    console.print(str(error), style="red", markup=False, soft_wrap=True)
    if as_json:
        print_json(document)


def rule_error_json(error: Any) -> dict[str, Any]:
    return {
        "file": error.file,
        "line": error.line,
        "column": error.column,
        "message": error.message.en,
        "message_ja": error.message.ja,
        "hint": error.hint.en if error.hint else None,
        "hint_ja": error.hint.ja if error.hint else None,
    }


def mistake_line(mistake: dict[str, Any]) -> str:
    place = f"{mistake['file']}:{mistake['line']}:{mistake['column']}"
    hint = f"\n      → {mistake['hint_ja']} / {mistake['hint']}" if mistake["hint"] else ""
    return f"{place}: {mistake['message_ja']} / {mistake['message']}{hint}"


def table(console: Console, title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A plain table; an empty one says so."""
    drawn = Table(title=title, title_justify="left", show_edge=False, pad_edge=False)
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*("" if cell is None else str(cell) for cell in row))
    if drawn.row_count:
        console.print(drawn)
    else:
        console.print(f"{title}: none")


@contextmanager
def progress_bar(enabled: bool) -> Generator[Callable[[str, int, int | None], None]]:
    """A bar per step on standard error where a person watches; nothing elsewhere."""
    console = Console(stderr=True)
    if not enabled or not console.is_terminal:
        yield lambda _step, _done, _total: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def report(step: str, done: int, total: int | None) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(STEPS.get(step, step), total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield report


def set_up_logs(level: int) -> None:
    """Log lines go to standard error: a constant phrase and fields, never a token or a value of a record."""
    logging.basicConfig(
        level=max(level, logging.WARNING), stream=sys.stderr, format="%(name)s %(levelname)s %(message)s"
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
            if sys.stderr.isatty()
            else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
