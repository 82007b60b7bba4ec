"""Posting, editing and finding messages in the stand-in Slack, with everything that may go wrong."""

from __future__ import annotations

import dataclasses
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from slack_app.blocks.message import message
from slack_app.courier import Message
from slack_app.errors import DeliveryUnknown, SlackDisconnected, SlackRefused, SlackUnavailable
from slack_app.views import MessageKind
from slack_app.web_courier import WebCourier
from tests.slack_app.builders import make_line, make_view
from tests.slack_app.workspace import EMMA, TAKAHASHI, Workspace

CHANNEL = "C0TSUMUGI02"
WORDS = Message("対応待ちが 1 件あります", [])


def an_hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


def fail(workspace: Workspace, method: str, do: str, **how: Any) -> None:
    workspace.control("faults", match={"method": method}, do=do, **how)


@pytest.mark.parametrize("kind", list(MessageKind))
@pytest.mark.parametrize("language", ["ja", "en"])
def test_slack_takes_every_kind_of_message(
    workspace: Workspace, courier: WebCourier, kind: MessageKind, language: str
) -> None:
    lines = [make_line(number) for number in range(70)] + [make_line(900, closed_reason="closed.fixed")]
    sent = message(make_view(*lines, kind=kind, language=language))
    courier.post(CHANNEL, sent, "d-1")
    (stored,) = workspace.messages(CHANNEL)
    assert len(stored["blocks"]) == len(sent.blocks)
    assert stored["metadata"] == {"event_type": "lead_reminder", "event_payload": {"delivery_id": "d-1"}}


def test_an_edit_replaces_text_and_blocks_and_keeps_the_delivery_id(workspace: Workspace, courier: WebCourier) -> None:
    posted = courier.post(CHANNEL, message(make_view(make_line())), "d-1")
    courier.update(posted, message(make_view(superseded=True)), "d-1")
    (stored,) = workspace.messages(CHANNEL)
    assert len(stored["blocks"]) == 1
    assert courier.find(CHANNEL, "d-1", an_hour_ago()) == posted


def test_a_message_is_found_by_its_delivery_id_among_many(courier: WebCourier) -> None:
    posted = courier.post(CHANNEL, WORDS, "d-1")
    for number in range(20):
        courier.post(f"C0TSUMUGI0{number % 2 + 3}", WORDS, f"x-{number}")
        courier.update(posted, WORDS, "d-1")
    assert courier.find(CHANNEL, "d-1", an_hour_ago()) == posted
    assert courier.find(CHANNEL, "d-2", an_hour_ago()) is None


def test_the_look_up_reads_page_after_page(workspace: Workspace, courier: WebCourier) -> None:
    posted = courier.post(CHANNEL, WORDS, "d-1")
    for number in range(20):
        workspace.act("say", channel="fs-leak-check", text=f"{number}")
    assert courier.find(CHANNEL, "d-1", an_hour_ago()) == posted


def test_an_older_message_is_not_looked_at(courier: WebCourier) -> None:
    courier.post(CHANNEL, WORDS, "d-1")
    assert courier.find(CHANNEL, "d-1", datetime.now(UTC) + timedelta(hours=1)) is None


@pytest.mark.parametrize(
    ("do", "how", "error"),
    [
        ("429", {"retry_after": 7}, SlackUnavailable),
        ("500", {}, DeliveryUnknown),
        ("502_html", {}, DeliveryUnknown),
        ("drop_before", {}, DeliveryUnknown),
        ("drop_after", {}, DeliveryUnknown),
        ("truncate", {}, DeliveryUnknown),
        ("error_after", {"error": "fatal_error"}, DeliveryUnknown),
        ("error_before", {"error": "internal_error"}, DeliveryUnknown),
        ("error_before", {"error": "token_revoked"}, SlackDisconnected),
        ("error_before", {"error": "is_archived"}, SlackRefused),
    ],
)
def test_a_failed_post_says_whether_it_may_have_arrived(
    workspace: Workspace, courier: WebCourier, do: str, how: dict[str, Any], error: type[Exception]
) -> None:
    fail(workspace, "chat.postMessage", do, **how)
    with pytest.raises(error):
        courier.post(CHANNEL, WORDS, "d-1")


@pytest.mark.parametrize("do", ["drop_after", "500", "truncate"])
def test_a_lost_answer_is_never_answered_with_a_second_post(workspace: Workspace, courier: WebCourier, do: str) -> None:
    fail(workspace, "chat.postMessage", do)
    with pytest.raises(DeliveryUnknown):
        courier.post(CHANNEL, WORDS, "d-1")
    arrived = len(workspace.messages(CHANNEL))
    assert arrived <= 1
    assert (courier.find(CHANNEL, "d-1", an_hour_ago()) is not None) == bool(arrived)


def test_an_answer_that_takes_too_long_is_a_lost_one(workspace: Workspace) -> None:
    impatient = WebCourier(workspace.config, time.monotonic, time.sleep, timeout_s=0.05)
    fail(workspace, "chat.postMessage", "delay", retry_after=1)
    with pytest.raises(DeliveryUnknown):
        impatient.post(CHANNEL, WORDS, "d-1")


def test_nobody_at_slacks_address_means_certainly_not_delivered(workspace: Workspace) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    config = dataclasses.replace(workspace.config, base_url=f"http://127.0.0.1:{port}/api/")
    with pytest.raises(SlackUnavailable):
        WebCourier(config, time.monotonic, time.sleep).post(CHANNEL, WORDS, "d-1")


def test_a_pause_that_slack_asks_for_is_kept_without_asking_again(workspace: Workspace, courier: WebCourier) -> None:
    fail(workspace, "chat.postMessage", "429", retry_after=7)
    for _ in range(2):
        with pytest.raises(SlackUnavailable) as held:
            courier.post(CHANNEL, WORDS, "d-1")
        assert 6 < (held.value.retry_after or 0) <= 7
    assert workspace.see("requests")["counts"]["POST /api/chat.postMessage"] == 1


def test_a_wrong_token_is_told_apart(workspace: Workspace) -> None:
    config = dataclasses.replace(workspace.config, bot_token="xoxb-wrong")
    with pytest.raises(SlackDisconnected, match="SLACK_BOT_TOKEN"):
        WebCourier(config, time.monotonic, time.sleep).check()


def test_blocks_that_slack_refuses_are_left_off_and_the_words_arrive(
    workspace: Workspace, courier: WebCourier, log: list[dict[str, Any]]
) -> None:
    bad = Message("対応待ちが 1 件あります", [{"type": "image", "image_url": "https://crm.example/x.png"}])
    courier.post(CHANNEL, bad, "d-1")
    (stored,) = workspace.messages(CHANNEL)
    assert stored["text"] == bad.text
    assert [line["event"] for line in log] == ["slack refused our blocks"]


def test_a_message_over_the_limits_arrives_shortened(workspace: Workspace, courier: WebCourier) -> None:
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "山" * 4_000}}
    courier.post(CHANNEL, Message("x", [long]), "d-1")
    assert len(workspace.messages(CHANNEL)[0]["blocks"][0]["text"]["text"]) == 3_000


@pytest.mark.parametrize(
    ("name", "found"), [("fs-leak-check", CHANNEL), ("#fs-leak-check", CHANNEL), (CHANNEL, CHANNEL)]
)
def test_a_channel_is_found_by_its_name(courier: WebCourier, name: str, found: str) -> None:
    assert courier.channel_id(name) == found


def test_an_unknown_channel_is_not_found(courier: WebCourier) -> None:
    assert courier.channel_id("no-such-channel") is None


def test_a_person_is_found_by_mail_with_the_own_language(courier: WebCourier) -> None:
    found = courier.user_by_email("Emma.Clarke@tsumugi-link.example")
    assert found is not None
    assert (found.id, found.language, found.active) == (EMMA, "en", True)


def test_people_are_asked_for_once_a_day(workspace: Workspace, courier: WebCourier) -> None:
    for mail in ["emma.clarke@tsumugi-link.example", "nobody@tsumugi-link.example"] * 3:
        courier.user_by_email(mail)
    assert workspace.see("requests")["counts"]["POST /api/users.lookupByEmail"] == 2


def test_nobody_is_found_by_an_unknown_mail_or_id(courier: WebCourier) -> None:
    assert courier.user_by_email("nobody@tsumugi-link.example") is None
    assert courier.user("U0NOBODY") is None


def test_a_deactivated_person_is_known_as_such(courier: WebCourier) -> None:
    found = courier.user("U0TSUMUGI13")
    assert found is not None
    assert not found.active


@pytest.mark.parametrize("handle", ["field-sales", "@Field-Sales"])
def test_a_user_group_is_found_by_its_handle(workspace: Workspace, courier: WebCourier, handle: str) -> None:
    workspace.control("workspace", op="user_group", handle="field-sales", members=[TAKAHASHI, EMMA])
    assert courier.group_members(handle) == (TAKAHASHI, EMMA)
    assert courier.group_members("nobody") is None


def test_somebody_on_holiday_or_ill_is_away(workspace: Workspace, courier: WebCourier) -> None:
    away: list[bool | None] = []
    for status in (":palm_tree:", ":face_with_thermometer:", ":house_with_garden:"):
        workspace.control("workspace", op="update_user", user=EMMA, status_emoji=status)
        courier.forget(EMMA)
        user = courier.user(EMMA)
        away.append(user.away if user else None)
    assert away == [True, True, False]


def test_whoever_changed_is_asked_for_again_and_whoever_was_not_found_too(
    workspace: Workspace, courier: WebCourier
) -> None:
    for mail in ("emma.clarke@tsumugi-link.example", "nobody@tsumugi-link.example", "sato@tsumugi-link.example"):
        courier.user_by_email(mail)
    courier.forget(EMMA)
    for mail in ("emma.clarke@tsumugi-link.example", "nobody@tsumugi-link.example", "sato@tsumugi-link.example"):
        courier.user_by_email(mail)
    assert workspace.see("requests")["counts"]["POST /api/users.lookupByEmail"] == 3 + 2


def test_a_question_that_slack_did_not_answer_may_be_asked_again(workspace: Workspace, courier: WebCourier) -> None:
    fail(workspace, "conversations.open", "drop_after")
    with pytest.raises(SlackUnavailable):
        courier.direct_channel(TAKAHASHI)
    assert courier.direct_channel(TAKAHASHI).startswith("D")


def test_the_check_tells_who_we_are_and_what_we_may(courier: WebCourier) -> None:
    found = courier.check()
    assert found["user"] == "mimawari"
    assert "chat:write" in found["scopes"].split(",")


def test_a_proxy_in_the_environment_does_not_catch_this_machine(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "crm.example")
    monkeypatch.setenv("no_proxy", "crm.example")
    assert WebCourier(workspace.config, time.monotonic, time.sleep).check()["user"] == "mimawari"


def test_ten_clicks_of_one_person_ask_slack_once(courier: WebCourier, workspace: Workspace) -> None:
    with ThreadPoolExecutor(10) as people:
        found = list(people.map(lambda _: courier.user(TAKAHASHI), range(10)))
    assert {user.id for user in found if user} == {TAKAHASHI}
    assert workspace.see("requests")["methods"]["users.info"] == 1
