"""The form that changes a status, filled in and sent in the stand-in Slack."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from slack_app.backend import Answer, Offer, StatusChange
from slack_app.blocks.message import message
from slack_app.views import StatusChoice
from slack_app.web_courier import WebCourier
from tests.slack_app.builders import make_line, make_view
from tests.slack_app.service import Service
from tests.slack_app.workspace import TAKAHASHI, Workspace, eventually

WRITTEN = Answer(True, "answer.status_written", {"contact": "山田", "before": "オープン取引", "after": "進行中"})


@pytest.fixture
def view(workspace: Workspace, app_url: str, courier: WebCourier, service: Service) -> dict[str, Any]:
    """The open form, nothing chosen yet."""
    service.next_answer = WRITTEN
    posted = courier.post(courier.direct_channel(TAKAHASHI), message(make_view(make_line(17))), "d-1")
    clicked = workspace.act("click", action_id="change_status", channel=posted.channel, ts=posted.ts)
    return clicked["views"][0]


def status(value: str) -> dict[str, Any]:
    return {"status": {"choose_status": value}}


def words(workspace: Workspace) -> str:
    """Everything that the window says now."""
    return "".join(str(block) for view in workspace.views() for block in view["blocks"])


def reasons(workspace: Workspace) -> list[str]:
    blocks = workspace.views()[0]["blocks"]
    return [block["block_id"] for block in blocks if block.get("block_id", "").startswith("reason:")]


@pytest.mark.usefixtures("view")
def test_choosing_a_status_shows_the_questions_that_go_with_it(workspace: Workspace) -> None:
    workspace.act("select", action_id="choose_status", selected="BAD_TIMING")
    assert eventually(lambda: reasons(workspace)) == ["reason:BAD_TIMING:bad_timing_reason"]
    workspace.act("select", action_id="choose_status", selected="IN_PROGRESS")
    eventually(lambda: not reasons(workspace))


@pytest.mark.usefixtures("view")
def test_sending_writes_once_in_the_persons_name_and_the_window_says_what_came_of_it(
    workspace: Workspace, service: Service
) -> None:
    assert workspace.act("submit", values=status("IN_PROGRESS"))["ok"]
    eventually(lambda: "「オープン取引」から「進行中」に変更しました" in words(workspace))
    (act,) = service.acts
    assert act[:4] == ("change_status", TAKAHASHI, "501", StatusChange("IN_PROGRESS", "OPEN_DEAL"))


@pytest.mark.usefixtures("view")
def test_the_reasons_are_sent_with_the_status(workspace: Workspace, service: Service) -> None:
    workspace.act("select", action_id="choose_status", selected="BAD_TIMING")
    eventually(lambda: reasons(workspace))
    workspace.act("submit", values={"reason:BAD_TIMING:bad_timing_reason": {"choose_reason": "budget"}})
    eventually(lambda: service.acts)
    assert service.acts[0][3] == StatusChange("BAD_TIMING", "OPEN_DEAL", {"bad_timing_reason": "budget"})


@pytest.mark.usefixtures("view")
def test_where_words_are_asked_for_the_form_has_a_field_and_does_without_them_not_go(
    workspace: Workspace, service: Service
) -> None:
    service.choices = (StatusChoice("BAD_TIMING", "タイミング悪し", note="unmet", needs=("話した記録が必要です。",)),)
    workspace.act("submit", values=status("BAD_TIMING"))
    assert "話した記録" in words(workspace)
    assert service.acts == []
    workspace.act("submit", values={"note:BAD_TIMING": {"write_note": "11/20 に電話で、来期の予算と伺った"}})
    eventually(lambda: service.acts)
    assert service.acts[0][3] == StatusChange("BAD_TIMING", "OPEN_DEAL", {}, "11/20 に電話で、来期の予算と伺った")


@pytest.mark.usefixtures("view")
def test_an_answer_with_a_way_on_has_its_buttons_in_the_window(workspace: Workspace, service: Service) -> None:
    service.next_answer = dataclasses.replace(WRITTEN, offers=(Offer("undo", "plan 12"),))
    workspace.act("submit", values=status("IN_PROGRESS"))
    eventually(lambda: "元に戻す" in words(workspace))
    service.next_answer = Answer(True, "answer.undone", {"contact": "山田", "before": "オープン取引"})
    workspace.act("click", action_id="undo")
    eventually(lambda: "「オープン取引」に戻しました" in words(workspace))
    assert service.acts[1][:3] == ("undo", TAKAHASHI, "plan 12")


@pytest.mark.usefixtures("view")
def test_a_form_sent_before_its_questions_appeared_asks_them(workspace: Workspace, service: Service) -> None:
    workspace.act("submit", values=status("BAD_TIMING"))
    assert reasons(workspace)
    assert "理由もあわせて" in words(workspace)
    assert service.acts == []


@pytest.mark.usefixtures("view")
def test_a_step_that_is_no_longer_allowed_is_refused_at_the_question(workspace: Workspace, service: Service) -> None:
    service.choices = service.choices[:1]
    outcome = workspace.act("submit", values=status("IN_PROGRESS"))
    assert outcome["errors"] == {"status": "このステータスは、今の段階と権限では選べません。"}


@pytest.mark.usefixtures("view")
def test_a_refused_write_says_why_and_leaves_the_form_for_another_try(workspace: Workspace, service: Service) -> None:
    service.next_answer = Answer(False, "answer.crm_refused", {"cause": "value <x> is locked"})
    workspace.act("submit", values=status("IN_PROGRESS"))
    eventually(lambda: "value &lt;x&gt; is locked" in words(workspace))
    service.next_answer = WRITTEN
    workspace.act("submit")
    eventually(lambda: "変更しました" in words(workspace))
    assert len({act[4] for act in service.acts}) == 2


def test_after_the_window_is_closed_the_answer_comes_as_a_message(workspace: Workspace, view: dict[str, Any]) -> None:
    workspace.control("faults", match={"method": "views.update"}, do="error_before", error="not_found")
    workspace.act("submit", values=status("IN_PROGRESS"))
    told = eventually(lambda: [m["text"] for m in workspace.messages(TAKAHASHI) if "変更しました" in m["text"]])
    assert told == ["山田 のステータスを「オープン取引」から「進行中」に変更しました。"]


@pytest.mark.usefixtures("view")
def test_when_the_write_breaks_off_the_window_says_so(workspace: Workspace, service: Service) -> None:
    service.failure = RuntimeError("broken")
    workspace.act("submit", values=status("IN_PROGRESS"))
    eventually(lambda: "変更できませんでした" in words(workspace))
