"""How `why` looks to a person: each reason in words."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from jobs.output import table
from slack_app.texts.catalogue import catalogue

REASON = "reason."


def show_reasons(console: Console, document: dict[str, Any]) -> None:
    say = catalogue("en")
    if not document["decisions"]:
        console.print("Nothing was decided about it: no rule has found it, or Slack is not connected.")
        return
    rows = [
        (
            f"{one['at']:%Y-%m-%d %H:%M}",
            f"#{one['finding_id']} {one['code'] or one['rule']}",
            one["conversation"],
            "told" if one["decision"] == "send" else "not told",
            say.plain(f"{REASON}{one['reason']}") + (f" ({one['detail']})" if one["detail"] else ""),
        )
        for one in document["decisions"]
    ]
    table(console, "Why", ("at", "finding", "where", "what", "because"), rows)
