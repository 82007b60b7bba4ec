"""How `why` looks to a person: each reason in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from jobs.output import table

WORDS: Mapping[str, str] = {
    "first": "told for the first time",
    "new_in_group": "found after the morning's list",
    "repeat_due": "still open the next morning",
    "still_on_it": "the acknowledgement ran out",
    "snooze_over": "the snooze ended",
    "again": "nothing had happened for some days",
    "nudged": "a manager asked for it",
    "escalated": "nothing had happened after the owner was told",
    "acknowledged": "somebody is on it",
    "snoozed": "somebody has snoozed it",
    "dismissed": "judged to be a false alarm",
    "expired": "open for longer than anybody is reminded",
    "inhibited_by": "another finding about the record comes first",
    "once_a_week": "told on the first open day of the week only",
    "holiday": "a closed day",
    "outside_hours": "outside working hours",
    "before_digest": "waits for the morning's list",
    "before_leak_check": "waits for the leak check",
    "quiet_hours": "in the person's own quiet hours",
    "message_budget": "the person has had enough messages today",
    "one_a_day": "told there once a day only",
    "nobody_above": "nobody is above the owner",
}


def show_reasons(console: Console, document: dict[str, Any]) -> None:
    if not document["decisions"]:
        console.print("Nothing was decided about it: no rule has found it, or Slack is not connected.")
        return
    rows = [
        (
            f"{one['at']:%Y-%m-%d %H:%M}",
            f"#{one['finding_id']} {one['code'] or one['rule']}",
            one["conversation"],
            "told" if one["decision"] == "send" else "not told",
            WORDS[one["reason"]] + (f" ({one['detail']})" if one["detail"] else ""),
        )
        for one in document["decisions"]
    ]
    table(console, "Why", ("at", "finding", "where", "what", "because"), rows)
