"""How queues and lists read for a person at a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from jobs.output import table

Document = Mapping[str, Any]

_LONGEST_LISTING = 200


def show_queues(console: Console, document: Document) -> None:
    rows = [
        (
            queue["id"],
            f"{queue['title_ja']} / {queue['title']}",
            queue["count"],
            _day(queue["oldest_since"]),
            queue["over_limit"],
            queue["days_at_zero"] if queue["zero_since"] else None,
            queue["responsible"],
        )
        for queue in document["queues"]
    ]
    columns = ("queue", "title", "waiting", "oldest since", "over limit", "days at zero", "responsible")
    table(console, "Queues (target: 0)", columns, rows)
    for queue in document["queues"]:
        if "waiting" in queue:
            people = [(f"contacts:{one['id']}", one["name"], _day(one["since"])) for one in queue["waiting"]]
            _listing(console, "Waiting", ("record", "name", "since"), people)


def show_lists(console: Console, document: Document) -> None:
    rows = [
        (
            entry["name"],
            entry["kind"],
            entry["size"],
            entry["new_this_week"],
            len(entry["held"]),
            _day(entry["oldest"]),
            _share(entry["revived_rate"]),
            _share(entry["mailable_share"]),
        )
        for entry in document["lists"]
    ]
    columns = ("name", "kind", "members", "new this week", "held", "oldest", "revived", "mailable")
    table(console, "Lists", columns, rows)
    for entry in document["lists"]:
        if "people" in entry:
            reasons = [(f"{one['label_ja']} / {one['label']}", one["count"]) for one in entry["by_reason"]]
            table(console, "\nMembers by reason", ("reason", "members"), reasons)
            people = [_person(one) for one in entry["people"]]
            _listing(console, "Members and held out", ("record", "name", "since", "reason", "came from", ""), people)


def _person(one: Document) -> tuple[Any, ...]:
    note = f"held by {one['held_by']}" if one["held_by"] else "" if one["mailable"] else "not mailable"
    reason = " ".join(part for part in (one["status"], one["reason"]) if part)
    return f"contacts:{one['id']}", one["name"], _day(one["since"]), reason, one["owner_name"], note


def _listing(console: Console, title: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    table(console, f"\n{title}", columns, rows[:_LONGEST_LISTING])
    if len(rows) > _LONGEST_LISTING:
        console.print(f"The first {_LONGEST_LISTING} of {len(rows)}; --json shows all.")


def _day(moment: str | None) -> str | None:
    """As far as the minute; times are in UTC, as in the other tables."""
    return None if moment is None else moment[:10]


def _share(rate: float | None) -> str | None:
    return None if rate is None else f"{rate:.0%}"
