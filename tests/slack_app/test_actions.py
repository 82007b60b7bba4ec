"""Buttons of messages, pressed in the stand-in Slack."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from slack_app.backend import Answer
from slack_app.blocks.message import message
from slack_app.courier import Message
from slack_app.web_courier import WebCourier
from tests.slack_app.builders import make_line, make_view
from tests.slack_app.service import Service
from tests.slack_app.workspace import TAKAHASHI, Workspace, eventually

pytestmark = pytest.mark.usefixtures("app_url")


@pytest.fixture
def digest(courier: WebCourier) -> dict[str, str]:
    """One digest in the person's direct messages: where it is."""
    view = make_view(make_line(17, contact_id="501", suggested=("IN_PROGRESS",)))
    posted = courier.post(courier.direct_channel(TAKAHASHI), message(view), "d-1")
    return {"channel": posted.channel, "ts": posted.ts}


def said(workspace: Workspace) -> str:
    """The words of the first answer that only the person sees."""
    return eventually(workspace.ephemeral)[0]["text"]


def test_acknowledging_is_one_act_of_the_service_and_is_confirmed(
    workspace: Workspace, service: Service, digest: dict[str, str]
) -> None:
    assert workspace.act("click", action_id="acknowledge", **digest)["ok"]
    assert said(workspace) == "確認済みにしました（1 件）。11/25 9:30 までお知らせを止めます。"
    (act,) = service.acts
    assert act[:3] == ("acknowledge", TAKAHASHI, (17,))


def test_two_clicks_are_two_acts_with_names_of_their_own(
    workspace: Workspace, service: Service, digest: dict[str, str]
) -> None:
    workspace.act("click", action_id="acknowledge", **digest)
    workspace.act("click", action_id="acknowledge", **digest)
    assert len({act[3] for act in service.acts}) == 2


def test_a_refusal_is_told_to_the_person_only(workspace: Workspace, service: Service, digest: dict[str, str]) -> None:
    service.next_answer = Answer(False, "answer.already_acknowledged", {"name": "<!channel>", "until": "11/25 9:30"})
    workspace.act("click", action_id="acknowledge", **digest)
    assert "すでに &lt;!channel&gt;さんが確認済み" in said(workspace)
    assert len(workspace.messages(digest["channel"])) == 1


def test_snoozing_says_until_when_and_what_was_seen(
    workspace: Workspace, service: Service, digest: dict[str, str]
) -> None:
    service.next_answer = Answer(True, "answer.snoozed", {"count": "1", "until": "11/27 9:00"})
    assert workspace.act("click", action_id="snooze", selected="3d 17.0", **digest)["ok"]
    assert said(workspace) == "スヌーズしました（1 件）。11/27 9:00 にあらためてお知らせします。"
    assert service.acts == [("snooze", TAKAHASHI, (17,), "3d", {17: 0})]


def test_a_day_to_snooze_until_is_asked_for_in_a_form(
    workspace: Workspace, service: Service, digest: dict[str, str]
) -> None:
    (view,) = workspace.act("click", action_id="snooze", selected="date 17.0", **digest)["views"]
    assert view["callback_id"] == "snooze"
    assert workspace.act("submit", values={})["ok"]
    assert "どちらかを選択してください" in str(workspace.views()[0]["blocks"])
    service.next_answer = Answer(False, "answer.snooze_too_long", {"days": "10", "last": "12月8日（火）"})
    workspace.act("submit", values={"day": {"day": "2026-12-24"}})
    assert "10 営業日先（12月8日（火））までです" in str(workspace.views()[0]["blocks"])
    service.next_answer = Answer(True, "answer.snoozed", {"count": "1", "until": "12/1 9:00"})
    workspace.act("submit", values={"day": {"day": "2026-12-01"}})
    assert "12/1 9:00 にあらためて" in str(workspace.views()[0]["blocks"])
    assert [act[3] for act in service.acts] == ["2026-12-24", "2026-12-01"]


def test_a_snooze_is_ended_by_its_button(workspace: Workspace, service: Service, courier: WebCourier) -> None:
    line = make_line(17, snoozed_by="佐藤 美咲", snoozed_until=datetime(2026, 11, 27, 9, tzinfo=UTC), revision=4)
    posted = courier.post(courier.direct_channel(TAKAHASHI), message(make_view(line)), "d-1")
    workspace.act("click", action_id="unsnooze", channel=posted.channel, ts=posted.ts)
    assert service.acts == [("unsnooze", TAKAHASHI, (17,), {17: 4})]


def test_change_status_opens_the_form_with_the_suggestion_chosen(workspace: Workspace, digest: dict[str, str]) -> None:
    (view,) = workspace.act("click", action_id="change_status", **digest)["views"]
    assert view["callback_id"] == "change_status"
    menu = next(block["element"] for block in view["blocks"] if block.get("block_id") == "status")
    assert menu["initial_option"]["value"] == "IN_PROGRESS"


def test_a_form_that_does_not_open_is_offered_again(workspace: Workspace, digest: dict[str, str]) -> None:
    workspace.control("faults", match={"method": "views.open"}, do="error_before", error="expired_trigger_id")
    assert workspace.act("click", action_id="change_status", **digest)["ok"]
    answer = eventually(workspace.ephemeral)[0]
    assert answer["blocks"][1]["elements"][0]["action_id"] == "change_status"


def test_a_gone_contact_is_told_in_the_window(workspace: Workspace, service: Service, digest: dict[str, str]) -> None:
    service.cards.clear()
    (view,) = workspace.act("click", action_id="change_status", **digest)["views"]
    assert "見つかりません" in view["blocks"][0]["text"]["text"]


def test_open_in_crm_is_accepted_and_does_nothing(
    workspace: Workspace, service: Service, digest: dict[str, str]
) -> None:
    assert workspace.act("click", action_id="open_crm", **digest)["ok"]
    assert service.acts == []


def test_a_button_that_no_longer_exists_answers_with_words(workspace: Workspace, courier: WebCourier) -> None:
    old: list[dict[str, Any]] = [
        {"type": "button", "action_id": "snooze_v0", "text": {"type": "plain_text", "text": "x"}, "value": "1"}
    ]
    blocks = [{"type": "actions", "block_id": "b", "elements": old}]
    posted = courier.post(courier.direct_channel(TAKAHASHI), Message("x", blocks), "d-2")
    assert workspace.act("click", action_id="snooze_v0", channel=posted.channel, ts=posted.ts)["ok"]
    assert "このボタンは古い" in said(workspace)


def test_when_the_service_fails_the_person_is_told_and_slack_is_content(
    workspace: Workspace, service: Service, digest: dict[str, str]
) -> None:
    service.failure = RuntimeError("secret words")
    outcome = workspace.act("click", action_id="acknowledge", **digest)
    assert outcome["http_status"] == 200
    assert "うまく処理できませんでした" in said(workspace)


def test_a_failure_is_logged_with_ids_and_without_words(
    workspace: Workspace, service: Service, digest: dict[str, str], log: list[dict[str, Any]]
) -> None:
    service.failure = RuntimeError("secret words")
    workspace.act("click", action_id="acknowledge", **digest)
    (line,) = [line for line in log if line["event"] == "listener failed"]
    assert (line["error"], line["user"], line["kind"]) == ("RuntimeError", TAKAHASHI, "block_actions")
    assert "secret words" not in str(log)
