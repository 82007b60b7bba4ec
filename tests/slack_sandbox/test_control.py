"""Tests can move time, break calls, count them, and change the workspace."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from slack_sdk.errors import SlackApiError

from slack_app.sandbox.options import SandboxOptions
from slack_app.sandbox.server import running

GENERAL, SATO = "C0TSUMUGI01", "U0TSUMUGI01"


def texts(workspace: Any) -> list[str]:
    return [m["text"] for m in workspace.get("messages", channel="general")["messages"]]


def post(workspace: Any, text: str = "x") -> Any:
    return workspace.client.chat_postMessage(channel=GENERAL, text=text)


def plan(workspace: Any, do: str, **more: Any) -> None:
    assert workspace.post("faults", match={"method": "chat.postMessage"}, do=do, **more)["ok"]


def test_a_planned_429_says_when_to_come_back(workspace: Any) -> None:
    plan(workspace, "429", times=2, retry_after=7)
    for _ in range(2):
        with pytest.raises(SlackApiError) as limited:
            post(workspace)
        assert (limited.value.response.status_code, limited.value.response.headers["Retry-After"]) == (429, "7")
    assert post(workspace)["ok"]


@pytest.mark.parametrize(("do", "happened"), [("drop_before", False), ("drop_after", True), ("truncate", True)])
def test_a_broken_connection_leaves_the_deed_done_or_not(workspace: Any, do: str, happened: bool) -> None:
    plan(workspace, do)
    url, token = workspace.ready["url"], workspace.ready["token"]
    with pytest.raises(httpx.RemoteProtocolError if do != "drop_before" else httpx.TransportError):
        workspace.http.post(f"{url}chat.postMessage", data={"token": token, "channel": GENERAL, "text": "x"})
    assert texts(workspace) == (["x"] if happened else [])


@pytest.mark.parametrize(
    ("do", "happened"), [("500", False), ("502_html", False), ("error_before", False), ("error_after", True)]
)
def test_a_failing_answer_leaves_the_deed_done_or_not(workspace: Any, do: str, happened: bool) -> None:
    plan(workspace, do)
    with pytest.raises(SlackApiError):
        post(workspace)
    assert texts(workspace) == (["x"] if happened else [])


def test_what_was_delayed_is_done_although_nobody_waits_any_more(workspace: Any) -> None:
    plan(workspace, "delay", retry_after=0.2)
    message = {"token": workspace.ready["token"], "channel": GENERAL, "text": "x"}
    with pytest.raises(httpx.ReadTimeout):
        workspace.http.post(f"{workspace.ready['url']}chat.postMessage", data=message, timeout=0.05)
    while "status" not in workspace.get("requests")["requests"][-1]:
        pass
    assert texts(workspace) == ["x"]


def test_an_unknown_fault_is_refused(workspace: Any) -> None:
    assert "do must be one of" in workspace.post("faults", do="explode")["error"]


def test_requests_are_counted_without_their_tokens(workspace: Any) -> None:
    post(workspace)
    workspace.call("chat.postMessage", channel="C404", text="x")
    seen = workspace.get("requests")
    assert seen["methods"] == {"chat.postMessage": 2}
    assert seen["counts"] == {"POST /api/chat.postMessage": 2}
    assert [r.get("error") for r in seen["requests"]] == [None, "channel_not_found"]
    assert workspace.ready["token"] not in json.dumps(seen)


def test_the_clock_is_set_and_advanced(workspace: Any) -> None:
    workspace.post("clock", now="2026-11-24T09:30:00+09:00")
    assert post(workspace)["ts"].startswith("17954802")
    assert workspace.post("clock", advance_s=86400)["now"].startswith("2026-11-25T09:30:00")


def test_a_deactivated_person_gets_no_message_and_is_found_no_more(workspace: Any) -> None:
    channel = workspace.client.conversations_open(users=SATO)["channel"]["id"]
    assert workspace.post("workspace", op="deactivate_user", user="sato")["ok"]
    assert workspace.call("chat.postMessage", channel=channel, text="x")["error"] == "channel_not_found"
    assert workspace.call("conversations.open", users=SATO)["error"] == "user_disabled"
    with pytest.raises(SlackApiError):
        workspace.client.users_lookupByEmail(email="sato@tsumugi-link.example")
    assert workspace.get("requests")["sent"][-1]["kind"] == "user_change"


def test_an_archived_channel_takes_nothing(workspace: Any) -> None:
    ts = post(workspace)["ts"]
    workspace.post("workspace", op="archive_channel", channel="general")
    assert workspace.call("chat.postMessage", channel=GENERAL, text="x")["error"] == "is_archived"
    assert workspace.call("chat.update", channel=GENERAL, ts=ts, text="y")["error"] == "is_inactive"


def test_a_foreign_or_deleted_message_cannot_be_changed(workspace: Any) -> None:
    workspace.act("sato", "say", channel="general", text="mine")
    [mine] = workspace.get("messages", channel="general")["messages"]
    assert workspace.call("chat.update", channel=GENERAL, ts=mine["ts"], text="y")["error"] == "cant_update_message"
    ts = post(workspace)["ts"]
    workspace.post("workspace", op="delete_message", channel="general", ts=ts)
    assert workspace.call("chat.update", channel=GENERAL, ts=ts, text="y")["error"] == "message_not_found"


def test_a_revoked_token_is_refused_until_it_is_given_back(workspace: Any) -> None:
    workspace.post("workspace", op="token", state="token_revoked")
    assert workspace.call("auth.test")["error"] == "token_revoked"
    workspace.post("workspace", op="token", state="active")
    assert workspace.call("auth.test")["ok"]


def test_real_rate_limits_hold_per_channel_and_pass_with_time(workspace: Any) -> None:
    workspace.post("limits", scale=1)
    answers = [workspace.call("chat.postMessage", channel=GENERAL, text="x").get("error") for _ in range(7)]
    assert answers == [None] * 5 + ["ratelimited"] * 2
    assert workspace.call("chat.postMessage", channel=SATO, text="x")["ok"]
    workspace.post("clock", advance_s=1)
    assert workspace.call("chat.postMessage", channel=GENERAL, text="x")["ok"]
    workspace.post("limits", scale=0)


def test_a_tier_counts_calls_per_minute(workspace: Any) -> None:
    workspace.post("limits", scale=0.1)  # tier 3: 50 a minute, scaled to 5
    codes = [workspace.call("conversations.history", channel=GENERAL).get("error") for _ in range(6)]
    assert codes == [None] * 5 + ["ratelimited"]
    workspace.post("clock", advance_s=60)
    assert workspace.call("conversations.history", channel=GENERAL)["ok"]
    workspace.post("limits", scale=0)


def test_a_reset_forgets_messages_faults_and_counts(workspace: Any) -> None:
    post(workspace)
    plan(workspace, "500")
    workspace.post("reset")
    assert workspace.get("messages")["messages"] == []
    assert workspace.get("requests")["requests"] == []
    assert post(workspace)["ok"]


def test_a_reset_forgets_calls_that_are_under_way(workspace: Any) -> None:
    plan(workspace, "delay", retry_after=0.3)
    with ThreadPoolExecutor(1) as caller:
        lost = caller.submit(post, workspace, "before")
        while not workspace.get("requests")["requests"]:
            pass
        workspace.post("reset")
        plan(workspace, "delay", retry_after=0.3)
        assert post(workspace, text="after")["ok"]
        with pytest.raises(OSError):  # noqa: PT011 - however the client calls a lost connection
            lost.result()
    assert [one["text"] for one in workspace.get("messages")["messages"]] == ["after"]


def test_what_was_kept_is_come_back_to(workspace: Any) -> None:
    first = post(workspace)
    workspace.post("keep", name="one message")
    post(workspace)
    workspace.post("clock", advance_s=60)
    for _ in range(2):
        workspace.post("reset", to="one message")
        assert [one["ts"] for one in workspace.get("messages")["messages"]] == [first["ts"]]
        post(workspace)
    assert workspace.post("reset", to="another") == {"ok": False, "error": "nothing was kept as 'another'"}


def test_a_program_gets_one_ready_line_and_ends_with_zero_on_sigterm() -> None:
    code = "from slack_app.sandbox.server import serve; from slack_app.sandbox.options import SandboxOptions; serve(SandboxOptions())"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        with httpx.Client(trust_env=False) as client:
            assert client.get(f"{ready['control_url']}/clock").status_code == 200
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=10)
    assert set(ready) == {"ready", "url", "token", "signing_secret", "page_url", "control_url", "app_token"}
    assert ready["url"].endswith("/api/")
    assert (rest, process.returncode) == ("", 0)


def test_another_web_sites_name_for_this_machine_is_turned_away(workspace: Any) -> None:
    answer = workspace.http.get(f"{workspace.ready['control_url']}/clock", headers={"Host": "evil.example"})
    assert answer.status_code == 400


def test_two_stand_ins_share_nothing() -> None:
    with running(SandboxOptions()) as one, running(SandboxOptions()) as two:
        assert one["url"] != two["url"]
        assert one["token"] != two["token"]
