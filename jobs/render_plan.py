"""How a plan, and what was written or taken back of it, reads for a person at a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from rich.console import Console

Document = Mapping[str, Any]

# Of each rule, unless everything is asked for.
_SHOWN_PER_RULE = 20


def show_plan(console: Console, document: Document, *, whole: bool) -> None:
    """By rule, then owner, then record."""
    lines, held = document["lines"], document["held_back"]
    if not lines and not held:
        console.print("Nothing to write: the CRM is as the rules want it.")
        return
    _head(console, document)
    for rule in document["rules"]:
        _rule(console, rule)
        own = [line for line in (*lines, *held) if line["rule"] == rule["rule"]]
        _lines(console, own, whole=whole)
    _say(console, "")
    if lines:
        _say(console, "`mimawari apply` writes the lines that are proposed, `mimawari undo` takes them back.")


def _head(console: Console, document: Document) -> None:
    read_at, number = document["mirror_read_at"], document["plan"]
    states = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in sorted(document["by_state"].items()))
    plans = sorted({line["plan"] for line in document["lines"]} - {number})
    older = f" and what is left of plan {', '.join(map(str, plans))}" if plans else ""
    _say(console, f"Plan {number}{older}: {states}" if number else f"No plan: {states}", style="bold")
    _say(console, f"Rules {document['rules_version'][:8]}, CRM read {_moment(read_at)}")


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "at an unknown time"


def _rule(console: Console, rule: Document) -> None:
    title = rule["title"]
    words = " / ".join(dict.fromkeys(text for text in (title["ja"], title["en"]) if text))
    counts = f"{rule['proposed']} of at most {rule['limit']} writes"
    if rule["suggested"]:
        counts += f", {rule['suggested']} suggested"
    if rule["held_back"]:
        counts += f", {rule['held_back']} held back"
    _say(console, "")
    _say(console, f"{rule['rule']}  {words}  ({rule['mode']}: {counts})", style="bold")
    if rule["over_limit"]:
        _say(
            console,
            f"  {rule['proposed']} writes are more than its limit of {rule['limit']}: nothing of it will be written. "
            "Raise `limit:` in its rule file if that is meant.",
            style="red",
        )


def _lines(console: Console, lines: Sequence[Document], *, whole: bool) -> None:
    ordered = sorted(lines, key=lambda one: (one["owner_name"] or "", one["owner"] or "", int(one["id"]), one["line"]))
    shown = ordered if whole else ordered[:_SHOWN_PER_RULE]
    for owner, own in groupby(shown, lambda one: one["owner_name"] or one["owner"] or "nobody"):
        _say(console, f"  {owner}")
        for record, some in groupby(own, lambda one: (one["object"], one["id"], one["name"])):
            _say(console, f"    {record[0]}:{record[1]} {record[2] or ''}")
            for line in some:
                _say(console, f"      {_change(line)}")
    if len(shown) < len(ordered):
        _say(console, f"  … and {len(ordered) - len(shown)} more; --all shows them.")


def _change(line: Document) -> str:
    note = {"proposed": "", "held_back": f"  held back: {line['cause']}"}.get(line["state"], f"  ({line['state']})")
    if line["property"] == "list":
        # What such a line gives as its reason is what has become of the membership.
        why = "" if line["reason"] in {"member", "left", None} else f"  ({line['reason']} holds it)"
        return (f"+ {line['to']}" if line["to"] else f"- {line['from']}") + why + note
    if line["creates"]:
        return f"+ {line['property']}: {line['to_label']}{note}"
    return f"{line['label']}: {line['from_label'] or '–'} → {line['to_label'] or '–'}{note}"


def show_applied(console: Console, document: Document) -> None:
    _counts(console, document, "applied")
    for number in sorted({line["plan"] for line in document["lines"] if line["state"] == "applied"}):
        _say(console, f"`mimawari undo plan {number}` takes it back.")
    for cap in document["capped"]:
        _say(
            console,
            f"Rule {cap['rule']} wants {cap['wanted']} writes, its limit is {cap['limit']}: nothing of it was written. "
            "Raise `limit:` in its rule file if that is meant.",
            style="red",
        )


def show_undone(console: Console, document: Document) -> None:
    if not document["lines"] and not document["problem"]:
        _say(console, f"Nothing to take back: nothing of {document['undo']} was written that still stands.")
        return
    _counts(console, document, "taken back")
    if document["plan"] is not None:
        _say(
            console,
            f"`mimawari undo plan {document['plan']}` brings it back. Messages stay; the next round edits them.",
        )


def _counts(console: Console, document: Document, done: str) -> None:
    more = [f"{document[key]} {key.replace('_', ' ')}" for key in ("withdrawn", "held_back") if document.get(key)]
    counts = [
        f"{document['applied']} {done}",
        f"{document['conflict']} conflicts",
        f"{document['failed']} failed",
        *more,
    ]
    _say(console, ", ".join(counts))
    for line in document["lines"]:
        if line["state"] != "applied":
            _say(console, f"  {line['object']}:{line['id']} {line['property']}: {line['state']} – {line['cause']}")
    if document["problem"]:
        _say(console, document["problem"], style="red")


def _say(console: Console, text: str, style: str | None = None) -> None:
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
