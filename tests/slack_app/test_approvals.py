"""The message that something waits for approval, and its buttons."""

from __future__ import annotations

from typing import Any

import pytest

from slack_app.blocks.approvals import approvals
from slack_app.blocks.message import message
from slack_app.limits import MESSAGE_BLOCKS, problems
from slack_app.views import Approvals, ApprovalsView
from slack_app.web_courier import WebCourier
from tests.slack_app.builders import DAY, make_line, make_view
from tests.slack_app.service import Service
from tests.slack_app.test_plan_review import boxes, make_group, plan_of
from tests.slack_app.workspace import TAKAHASHI, Workspace, eventually

BOTH = Approvals(changes=12, rules=3, proposals=45)
PLAN = Approvals(changes=12, rules=3)


def buttons(blocks: Any) -> list[str]:
    return [block["accessory"]["action_id"] for block in blocks if "accessory" in block]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_it_says_how_much_waits_and_opens_it(language: str) -> None:
    sent = approvals(ApprovalsView(language, DAY, BOTH))
    assert problems(sent.blocks, MESSAGE_BLOCKS) == []
    assert all(number in sent.text for number in ("12", "3", "45"))
    assert buttons(sent.blocks) == ["open_plan", "open_proposals"]
    assert buttons(approvals(ApprovalsView(language, DAY, PLAN)).blocks) == ["open_plan"]


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (ApprovalsView("ja", DAY, Approvals()), "片付きました"),
        (ApprovalsView("ja", DAY, PLAN, superseded=True), "引き継ぎました"),
    ],
)
def test_what_is_over_takes_one_line_without_a_button(view: ApprovalsView, words: str) -> None:
    sent = approvals(view)
    assert words in sent.text
    assert (len(sent.blocks), buttons(sent.blocks)) == (1, [])


def test_a_list_of_findings_says_it_below_them() -> None:
    blocks = message(make_view(make_line(17), approvals=PLAN)).blocks
    assert buttons(blocks[-1:]) == ["open_plan"]
    assert buttons(message(make_view(make_line(17))).blocks) == []


@pytest.fixture
def told(app_url: str, courier: WebCourier) -> dict[str, str]:
    """The message in the person's direct messages: where it is."""
    posted = courier.post(courier.direct_channel(TAKAHASHI), approvals(ApprovalsView("ja", DAY, BOTH)), "d-1")
    return {"channel": posted.channel, "ts": posted.ts}


def test_the_button_opens_the_review(workspace: Workspace, service: Service, told: dict[str, str]) -> None:
    service.planned = plan_of(make_group(1, 3))
    (view,) = workspace.act("click", action_id="open_plan", **told)["views"]
    assert boxes(view) == ["1", "2", "3"]


def test_the_other_button_shows_the_proposals(workspace: Workspace, service: Service, told: dict[str, str]) -> None:
    service.groups = [make_group(1, 2)]
    workspace.act("click", action_id="open_proposals", **told)
    assert "ルールからの提案 2 件" in eventually(workspace.ephemeral)[0]["text"]


def test_whoever_may_not_review_is_told_so(workspace: Workspace, service: Service, told: dict[str, str]) -> None:
    service.planned = None
    workspace.act("click", action_id="open_plan", **told)
    eventually(lambda: any("管理者（Ops）だけ" in one["text"] for one in workspace.ephemeral()))
