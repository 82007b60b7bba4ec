"""How each command's document reads for a person at a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from rich.console import Console

from jobs.output import mistake_line, table

Document = Mapping[str, Any]

_LONGEST_LISTING = 200


def show_nothing(_console: Console, _document: Document) -> None:
    """For servers, which have said what there is to say."""


def show_made(console: Console, document: Document) -> None:
    table(console, document["file"], ("object", "live"), document["objects"].items())
    console.print(f"{document['bytes'] / 1e6:.0f} MB in {document['seconds']} s")


def show_json(console: Console, document: Document) -> None:
    console.file.write(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n")


def show_page(console: Console, document: Document) -> None:
    """As it is, so that it can be put into a file."""
    console.file.write(document["markdown"])


def show_sync(console: Console, document: Document) -> None:
    columns = ("read", "changed", "archived", "erased", "mended", "mirror", "crm")
    rows = [(name, *(counts[one] for one in columns)) for name, counts in document["objects"].items()]
    table(console, "Read from the CRM", ("object", *columns), rows)
    for name, scope in document.get("left_out", {}).items():
        console.print(f"{name}: not read without the permission {scope}", style="red", markup=False)
    calls = document["crm_calls"]
    console.print(f"{calls['total']} CRM calls in {document.get('seconds', 0):.1f} s")


def show_cycle(console: Console, document: Document) -> None:
    show_sync(console, document["sync"])
    found, sent, writes = document["findings"], document["messages"], document["writes"]
    table(console, "\nOpen findings", ("rule", "open"), sorted(found["by_rule"].items()))
    console.print(f"Findings: {found['opened']} opened, {found['closed']} closed, {found['open']} open")
    console.print(
        f"Plan: {document['plan']['lines']} line(s) waiting; `mimawari plan` shows them, `mimawari apply` writes them"
    )
    console.print(f"CRM writes: {writes['applied']} applied, {writes['conflict']} conflicts, {writes['failed']} failed")
    console.print(
        f"Slack: {sent['posted']} posted, {sent['updated']} edited, {sent['held']} held back, {sent['failed']} failed"
    )
    for conversation, reason in document.get("held", {}).items():
        console.print(f"  held: {conversation} ({reason})")
    for rule, why in document.get("resting", {}).items():
        console.print(f"{rule} rests: {why['en']}", style="red", markup=False)
    for problem in document.get("problems", ()):
        console.print(f"{problem['step']}: {problem['message']}", style="red", markup=False)


def show_findings(console: Console, document: Document) -> None:
    rows = [
        (f["code"] or f["rule"], f"{f['object']}:{f['id']}", f["name"], f["state"], f["since"][:16], f["owner_name"])
        for f in document["findings"]
    ]
    table(
        console, f"{len(rows)} finding(s)", ("rule", "record", "name", "state", "opened (UTC)", "who should act"), rows
    )


def show_explanation(console: Console, document: Document) -> None:
    record = document["record"]
    console.print(f"contacts:{record['id']}", style="bold")
    for rule in document["rules"]:
        mark = "✓" if rule["verdict"] else "✗"
        console.print(f"{mark} {rule['code'] or ''} {rule['rule']}", markup=False)
        if rule["rests"]:
            console.print(f"   ! rests: {rule['rests']}", style="red", markup=False, soft_wrap=True)
        _show_conditions(console, rule)
        for one in rule["makes"]:
            console.print(f"   + {_made(one)}", markup=False, highlight=False, soft_wrap=True)
        if rule["nearest"]:
            said = f"   → {rule['nearest']['text']}"
            console.print(said, markup=False, highlight=False, soft_wrap=True)


_MADE: Mapping[str | None, str] = {
    None: "not planned",
    "applied": "made",
    "undone": "made and taken back",
    "writing": "being made",
    "withdrawn": "no longer planned",
}


def _made(one: Document) -> str:
    """A task or note that the rule makes, and what has become of it."""
    state = _MADE.get(one["state"]) or one["state"].replace("_", " ")
    line = f", line {one['line']}" if one["line"] else ""
    cause = f" – {one['cause']}" if one["cause"] else ""
    return f"{one['kind']}: {one['text']} ({state}{line}){cause}"


def _show_conditions(console: Console, rule: Document) -> None:
    for node in rule["conditions"]:
        sign = {True: "○", False: "✗", None: "?"}[node["held"]]
        indent = "   " * (node.get("depth", 0) + 1)
        value = "" if node["value"] is None else f" = {node['value']}"
        line = f"{indent}{sign} {node['text']}{value}{_when_and_who(node)}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _when_and_who(node: Document) -> str:
    said = [f"{word} {node[word]}" for word in ("since", "by") if word in node]
    return f" ({', '.join(said)})" if said else ""


def show_audit(console: Console, document: Document) -> None:
    entries = document["entries"]
    shown = entries[-_LONGEST_LISTING:]
    if len(shown) < len(entries):
        console.print(f"The last {len(shown)} of {len(entries)} entries; --record, --since or --json show more.")
    rows = [
        (
            f"{e['at']:%Y-%m-%d %H:%M}",
            e["actor"],
            e["action"],
            f"{e['object_type']}:{e['object_id']}" if e["object_id"] else "",
            _change(e),
            e["reason"],
        )
        for e in shown
    ]
    table(console, "Audit", ("at", "who", "did", "record", "change", "reason"), rows)


def _change(entry: Document) -> str:
    if entry["before"] is None and entry["after"] is None:
        return ""
    return f"{entry['property'] or ''} {entry['before'] or '–'} → {entry['after'] or '–'}".strip()


def show_mistakes(console: Console, document: Document) -> None:
    for mistake in [*document["errors"], *document["warnings"]]:
        console.print(mistake_line(mistake), markup=False, soft_wrap=True, highlight=False)
    _show_failures(console, document["failures"])
    tests = document["tests"]
    if not document["errors"]:
        console.print(f"{document['rules']} rules in {document['folder']}: no mistake.", markup=False)
        console.print(f"{tests['passed'] + tests['failed']} tests: {_passed_and_failed(tests)}")


def show_tests(console: Console, document: Document) -> None:
    _show_failures(console, [test for test in document["tests"] if not test["passed"]])
    for gap in document.get("coverage", ()):
        what = f": {gap['text']}" if gap["text"] else ""
        console.print(f"never {gap['never']}: {gap['rule']}{what}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"{len(document['tests'])} tests: {_passed_and_failed(document)}")


def _show_failures(console: Console, failed: Sequence[Document]) -> None:
    for test in failed:
        console.print(
            f"✗ {test['rule']}, {test['name']} ({test['file']}:{test['line']})",
            style="red",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        console.print(f"   expected: {test['expected']}\n   got:      {test['got']}", markup=False, highlight=False)
        for rule in test["reasons"]:
            if len(test["reasons"]) > 1:
                console.print(f"   {rule['rule']}", markup=False, highlight=False)
            _show_conditions(console, rule)


def _passed_and_failed(tests: Document) -> str:
    return f"{tests['passed']} passed, {tests['failed']} failed"


def show_differences(console: Console, document: Document) -> None:
    found = document["differences"]
    if not found:
        console.print("No finding, list or value would change.")
        return
    rows = [
        (one["rule"], one["kind"], one["subject"], one["appears"], one["disappears"], _samples(one)) for one in found
    ]
    table(console, "With these files", ("rule", "what", "which", "more", "fewer", "such as"), rows)


def _samples(difference: Document) -> str:
    samples = difference["samples"]
    return " ".join([*(f"+{one}" for one in samples["appears"]), *(f"-{one}" for one in samples["disappears"])])


def show_backtest(console: Console, document: Document) -> None:
    rows = [
        (
            one["code"] or one["rule"],
            one["open_at_start"],
            one["opened"],
            one["closed"],
            one["open_at_end"],
            one["writes"],
            *_by_hand(one["by_hand"]),
        )
        for one in document["rules"]
    ]
    columns = (
        "rule",
        "open at start",
        "opened",
        "closed",
        "open at end",
        "writes",
        "same by hand",
        "otherwise",
        "not yet",
    )
    table(console, f"{document['from']} to {document['to']}", columns, rows)
    names = ("day", "open", "opened", "closed", "messages", "writes")
    table(console, "Day by day", names, [tuple(day[name] for name in names) for day in document["days"]])
    for note in document["notes"]:
        console.print(note["en"], markup=False, soft_wrap=True)


def _by_hand(found: Document | None) -> tuple[str, str, str]:
    if found is None:
        return "", "", ""
    days = f" (after {found['median_days']:g} days)" if found["median_days"] is not None else ""
    return f"{found['same']}{days}", str(found["other"]), str(found["not_yet"])
