"""A plan reads by rule, owner and record; a long one is cut with a count."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from jobs.render_plan import show_applied, show_plan, show_undone


def make_plan_line(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "line": number, "plan": 7, "object": "contacts", "id": str(500 + number), "property": "lead_rank",
        "from": "WARM", "to": "HOT", "rule": "ranks", "reason": "Ranks", "state": "proposed", "cause": None,
        "name": "山田 花子", "owner": "41", "owner_name": "Sato Hana", "label": "ランク", "from_label": "ウォーム",
        "to_label": "ホット", "creates": None, **changes,
    }  # fmt: skip


def make_plan(*lines: dict[str, Any], limit: int = 200) -> dict[str, Any]:
    count = {state: sum(line["state"] == state for line in lines) for state in ("proposed", "suggested", "held_back")}
    title = {"ja": "ランク付け", "en": "Ranks"}
    rule = {"rule": "ranks", "title": title, "mode": "plan", "limit": limit, "over_limit": count["proposed"] > limit}
    return {
        "plan": 7,
        "rules_version": "0123456789abcdef",
        "mirror_read_at": datetime(2026, 11, 24, 0, 30, tzinfo=UTC),
        "by_state": {state: number for state, number in count.items() if number},
        "rules": [{**rule, **count}],
        "lines": [line for line in lines if line["state"] != "held_back"],
        "held_back": [line for line in lines if line["state"] == "held_back"],
    }


def said(document: dict[str, Any], *, whole: bool = False) -> str:
    written = io.StringIO()
    show_plan(Console(file=written, width=200), document, whole=whole)
    return written.getvalue()


def test_a_plan_says_whose_record_changes_from_what_to_what() -> None:
    text = said(make_plan(make_plan_line()))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert lines[:2] == ["Plan 7: 1 proposed", "Rules 01234567, CRM read 2026-11-24 00:30 UTC"]
    assert lines[2] == "ranks  ランク付け / Ranks  (plan: 1 of at most 200 writes)"
    assert lines[3:6] == ["Sato Hana", "contacts:501 山田 花子", "ランク: ウォーム → ホット"]


def test_records_of_one_owner_stand_together() -> None:
    owners = ("41", "Sato Hana"), ("42", "Ito Ken"), ("41", "Sato Hana")
    lines = [make_plan_line(i, owner=o, owner_name=n) for i, (o, n) in enumerate(owners, start=1)]
    text = said(make_plan(*lines))
    assert text.count("Sato Hana") == 1
    assert text.index("Ito Ken") < text.index("contacts:502") < text.index("contacts:501") < text.index("contacts:503")


def test_a_line_that_is_held_back_says_why() -> None:
    text = said(make_plan(make_plan_line(state="held_back", cause="Sato Hana changed it.")))
    assert "held back: Sato Hana changed it." in text


def test_a_rule_over_its_cap_says_both_numbers() -> None:
    text = said(make_plan(*(make_plan_line(i) for i in range(1, 4)), limit=2))
    assert "3 writes are more than its limit of 2: nothing of it will be written" in text


def test_a_long_plan_is_cut_with_a_count_unless_all_is_asked_for() -> None:
    plan = make_plan(*(make_plan_line(i) for i in range(1, 31)))
    assert "… and 10 more; --all shows them." in said(plan)
    assert said(plan).count("contacts:") == 20
    assert said(plan, whole=True).count("contacts:") == 30


def test_a_membership_reads_as_joining_or_leaving() -> None:
    joins = make_plan_line(1, property="list", to="リサイクル: CRM", reason="member", **{"from": None})
    leaves = make_plan_line(2, property="list", to=None, reason="lost-lists", **{"from": "リサイクル: CRM"})
    text = said(make_plan(joins, leaves))
    assert "+ リサイクル: CRM\n" in text
    assert "- リサイクル: CRM  (lost-lists holds it)" in text


def test_a_task_reads_with_whose_it_is_and_by_when() -> None:
    label = "電話する (for Sato Hana, due 2026-11-26 18:00)"
    task = make_plan_line(property="task", to="電話する", to_label=label, creates={"hs_task_subject": "電話する"})
    assert "+ task: 電話する (for Sato Hana, due 2026-11-26 18:00)" in said(make_plan(task))


def test_an_empty_plan_says_so() -> None:
    assert "Nothing to write" in said(make_plan())


def result(show: Any, **changes: Any) -> str:
    nothing: dict[str, Any] = {"applied": 0, "conflict": 0, "failed": 0, "lines": [], "capped": [], "problem": None}
    written = io.StringIO()
    show(Console(file=written, width=200), {**nothing, **changes})
    return written.getvalue()


def test_what_was_applied_says_how_to_take_it_back() -> None:
    text = result(show_applied, applied=1, lines=[make_plan_line(state="applied")])
    assert "`mimawari undo plan 7` takes it back." in text


def test_what_was_not_taken_back_says_why() -> None:
    line = make_plan_line(state="conflict", cause="Sato Hana changed it to HOT.")
    text = result(show_undone, undo="plan 7", plan=8, conflict=1, lines=[line])
    assert "contacts:501 lead_rank: conflict – Sato Hana changed it to HOT." in text


def test_an_undo_without_anything_to_undo_says_so() -> None:
    assert "Nothing to take back" in result(show_undone, undo="plan 7", plan=None)
