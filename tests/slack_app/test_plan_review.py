"""Reviewing a plan page by page, and deciding about proposals, in the stand-in Slack."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from slack_app.backend import Answer, Decision, Offer
from slack_app.blocks.plan import Review, plan_modal
from slack_app.blocks.proposals import proposal_page
from slack_app.limits import fitted_message, fitted_view
from slack_app.texts.catalogue import catalogue
from slack_app.views import ChangeGroup, ChangeLine, PlanView
from tests.slack_app.service import Service
from tests.slack_app.test_commands import lead, press
from tests.slack_app.workspace import TAKAHASHI, Workspace, eventually

pytestmark = pytest.mark.usefixtures("app_url")
READ_AT = datetime.fromisoformat("2026-11-24T09:20:00+09:00")
APPLIED = Answer(True, "answer.plan_applied", {"applied": "2", "rejected": "1", "left": "0"}, (Offer("undo", "last"),))


def make_group(first: int, count: int, rule: str = "tidy-up", *, limit: int = 500, rejected: int = 0) -> ChangeGroup:
    lines = tuple(
        ChangeLine(n, str(n), f"山田 {n}", "株式会社みなと精工", f"https://crm.example/{n}", "ランク：– → HOT")
        for n in range(first, first + count)
    )
    return ChangeGroup(rule, rule, count, limit, rejected, lines if count <= limit else ())


def plan_of(*groups: ChangeGroup) -> PlanView:
    return PlanView(max((line.line_id for group in groups for line in group.lines), default=0), READ_AT, groups)


def boxes(view: dict[str, Any]) -> list[str]:
    return [o["value"] for b in view["blocks"] if b["type"] == "input" for o in b["element"]["options"]]


def test_what_is_unticked_is_rejected_and_the_rest_is_applied(workspace: Workspace, service: Service) -> None:
    service.planned, service.next_answer = plan_of(make_group(1, 3)), APPLIED
    outcome = workspace.act("command", command="/lead", text="変更案")
    (view,) = outcome["views"]
    assert boxes(view) == ["1", "2", "3"]
    workspace.act("submit", values={"lines:1": {"tick": ["1", "3"]}})
    eventually(lambda: "書き込み 2 件" in str(workspace.views()))
    assert service.acts[0][:4] == ("apply_plan", TAKAHASHI, 3, (2,))
    assert "元に戻す" in str(workspace.views())


def test_a_long_plan_has_pages_and_remembers_what_was_unticked_on_each(workspace: Workspace, service: Service) -> None:
    service.planned, service.next_answer = plan_of(make_group(1, 45, "one"), make_group(46, 20, "two")), APPLIED
    workspace.act("command", command="/lead", text="plan")
    workspace.act("submit", values={"lines:1": {"tick": [str(n) for n in range(2, 11)]}})
    assert service.acts == []
    assert boxes(workspace.views()[0]) == [str(n) for n in range(51, 66)]
    workspace.act("click", action_id="plan_back", state={"lines:51": {"tick": [str(n) for n in range(52, 61)]}})
    eventually(lambda: boxes(workspace.views()[0])[0] == "1")
    first = workspace.views()[0]["blocks"][2]
    assert len(first["element"]["initial_options"]) == 9
    workspace.act("submit")
    workspace.act("submit")
    eventually(lambda: service.acts)
    assert service.acts[0][2:4] == (65, (1, 51))


def test_a_rule_over_its_limit_is_named_with_both_numbers_and_has_no_boxes(
    workspace: Workspace, service: Service
) -> None:
    service.planned = plan_of(make_group(1, 30, limit=20), make_group(31, 1))
    (view,) = workspace.act("command", command="/lead", text="plan")["views"]
    assert boxes(view) == ["31"]
    assert "変更は 30 件あり、上限の 20 件" in str(view["blocks"])


def test_who_lost_the_role_since_the_form_opened_applies_nothing(workspace: Workspace, service: Service) -> None:
    service.planned = plan_of(make_group(1, 3))
    workspace.act("command", command="/lead", text="plan")
    service.planned = None
    workspace.act("submit")
    assert "管理者（Ops）だけ" in str(workspace.views())
    assert service.acts == []
    assert "管理者（Ops）だけ" in lead(workspace, "plan")["text"]


def test_a_proposal_is_put_off_from_its_menu_and_the_list_follows(workspace: Workspace, service: Service) -> None:
    service.groups = [make_group(1, 12, rejected=3)]
    service.next_answer = Answer(True, "answer.proposals_paused", {"count": "1", "until": "11月27日（金）"})
    answer = lead(workspace, "提案")
    assert "これまでの却下 3 件" in str(answer["blocks"])
    service.groups = [make_group(2, 11)]
    press(workspace, answer, "proposal_menu", block_id="contacts:1:line:1", selected="not_now 1")
    eventually(lambda: any("11月27日（金） まで見送りました" in m["text"] for m in workspace.ephemeral()))
    assert service.acts[0][:4] == ("decide", TAKAHASHI, Decision.NOT_NOW, (1,))
    eventually(lambda: any(m["ts"] == answer["ts"] and "提案 11 件" in m["text"] for m in workspace.ephemeral()))


def test_rejecting_asks_for_the_reason(workspace: Workspace, service: Service) -> None:
    service.groups = [make_group(7, 1)]
    service.next_answer = Answer(True, "answer.proposals_rejected", {"count": "1"})
    answer = lead(workspace, "proposals")
    press(workspace, answer, "proposal_menu", selected="reject 7")
    assert workspace.act("submit")["errors"], "a reason is required"
    service.groups = []
    workspace.act("submit", values={"reason": {"why": "来期の案件のため"}})
    eventually(lambda: service.acts)
    assert service.acts[0] == ("decide", TAKAHASHI, Decision.REJECT, (7,), "来期の案件のため")
    eventually(lambda: any("判断待ちの提案はありません" in m["text"] for m in workspace.ephemeral()))


def test_all_are_approved_with_one_click_fifty_at_most(workspace: Workspace, service: Service) -> None:
    service.groups, service.next_answer = [make_group(1, 60)], APPLIED
    answer = lead(workspace, "proposals")
    assert "すべて承認する（50 件）" in str(answer["blocks"])
    press(workspace, answer, "approve_all")
    eventually(lambda: service.acts)
    assert service.acts[0][2:4] == (Decision.APPROVE, tuple(range(1, 51)))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_longest_lines_fit(language: str) -> None:
    say = catalogue(language)
    long = ChangeLine(123456, "1", "山" * 90, "会" * 90, "https://crm.example/" + "1" * 200, "値" * 400)
    group = ChangeGroup("r", "題" * 300, 50, 500, 12, (long, *make_group(1, 49).lines))
    view = plan_modal(plan_of(group, group), Review(1, 1, tuple(range(100000, 100350))), say)
    assert fitted_view(view)[1] == []
    assert fitted_message(proposal_page([group], 0, say))[1] == []
