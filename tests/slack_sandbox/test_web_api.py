"""The Web API answers Slack's own client as Slack does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from slack_app.sandbox.method_table import METHODS

SATO, EMMA, LEFT = "U0TSUMUGI01", "U0TSUMUGI07", "U0TSUMUGI13"
GENERAL, LEAKS = "C0TSUMUGI01", "C0TSUMUGI02"
BUTTON = {"type": "button", "action_id": "ack", "value": "contacts:501", "text": {"type": "plain_text", "text": "Ack"}}
CARD = [{"type": "actions", "elements": [BUTTON]}]
METADATA = {"event_type": "lead_reminder", "event_payload": {"delivery_id": "d-1"}}


def test_auth_test_names_the_bot_and_its_scopes(workspace: Any) -> None:
    answer = workspace.client.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["is_enterprise_install"]) == ("U0MIMAWARI", "B0MIMAWARI", False)
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


def test_a_post_to_a_person_opens_their_direct_messages(workspace: Any) -> None:
    posted = workspace.client.chat_postMessage(channel=SATO, text="hello", blocks=CARD, metadata=METADATA)
    assert posted["channel"].startswith("D")
    assert posted["message"]["blocks"][0]["block_id"]
    [seen] = workspace.get("messages", channel=SATO)["messages"]
    assert (seen["dm_user"], seen["metadata"], seen["ts"]) == (SATO, METADATA, posted["ts"])


@pytest.mark.parametrize("channel", ["#general", "general", GENERAL])
def test_a_channel_is_found_by_name_and_by_id(workspace: Any, channel: str) -> None:
    assert workspace.client.chat_postMessage(channel=channel, text="x")["channel"] == GENERAL


def test_timestamps_rise_even_when_the_clock_is_set_back(workspace: Any) -> None:
    first = workspace.client.chat_postMessage(channel=GENERAL, text="1")["ts"]
    workspace.post("clock", advance_s=-3600)
    assert workspace.client.chat_postMessage(channel=GENERAL, text="2")["ts"] > first


def test_an_update_keeps_the_former_version_and_drops_blocks_not_sent_again(workspace: Any) -> None:
    posted = workspace.client.chat_postMessage(channel=GENERAL, text="before", blocks=CARD, metadata=METADATA)
    workspace.client.chat_update(channel=GENERAL, ts=posted["ts"], text="after")
    [seen] = workspace.get("messages", channel="general")["messages"]
    assert (seen["text"], seen["blocks"], seen["metadata"]) == ("after", [], METADATA)
    assert [(e["text"], len(e["blocks"])) for e in seen["edits"]] == [("before", 1)]


def test_history_gives_the_payload_of_metadata_only_when_asked(workspace: Any) -> None:
    channel = workspace.client.chat_postMessage(channel=SATO, text="x", metadata=METADATA)["channel"]
    plain = workspace.client.conversations_history(channel=channel)["messages"][0]
    full = workspace.client.conversations_history(channel=channel, include_all_metadata=True)["messages"][0]
    assert plain["metadata"] == {"event_type": "lead_reminder"}
    assert full["metadata"] == METADATA


def test_history_is_newest_first_in_pages_and_within_bounds(workspace: Any) -> None:
    stamps = [workspace.client.chat_postMessage(channel=GENERAL, text=str(n))["ts"] for n in range(5)]
    first = workspace.client.conversations_history(channel=GENERAL, limit=2)
    second = workspace.client.conversations_history(
        channel=GENERAL, limit=2, cursor=first["response_metadata"]["next_cursor"]
    )
    assert [m["text"] for m in first["messages"] + second["messages"]] == ["4", "3", "2", "1"]
    after = workspace.client.conversations_history(channel=GENERAL, oldest=stamps[3])
    assert [m["text"] for m in after["messages"]] == ["4"]


def test_a_reply_stays_in_its_thread(workspace: Any) -> None:
    root = workspace.client.chat_postMessage(channel=GENERAL, text="root")["ts"]
    reply = workspace.client.chat_postMessage(channel=GENERAL, text="reply", thread_ts=root)["ts"]
    workspace.client.chat_postMessage(channel=GENERAL, text="again", thread_ts=reply)
    assert [m["text"] for m in workspace.client.conversations_history(channel=GENERAL)["messages"]] == ["root"]
    thread = workspace.client.conversations_replies(channel=GENERAL, ts=root)["messages"]
    assert [m["text"] for m in thread] == ["root", "reply", "again"]
    assert thread[0]["reply_count"] == 2


def test_people_are_found_by_id_and_mail_with_locale_on_request(workspace: Any) -> None:
    assert "locale" not in workspace.client.users_info(user=EMMA)["user"]
    assert workspace.client.users_info(user=EMMA, include_locale=True)["user"]["locale"] == "en-GB"
    found = workspace.client.users_lookupByEmail(email="SATO@tsumugi-link.example")["user"]
    assert (found["id"], found["tz"], found["tz_offset"]) == (SATO, "Asia/Tokyo", 32400)


def test_lists_come_in_pages_until_the_cursor_is_empty(workspace: Any) -> None:
    # The SDK's answer is its own iterator: each step turns it into the next page.
    pages = [
        (len(page["members"]), bool(page["response_metadata"]["next_cursor"]))
        for page in workspace.client.users_list(limit=5)
    ]
    assert pages == [(5, True), (5, True), (4, False)]


def test_a_user_group_is_listed_with_its_members_until_it_is_disabled(workspace: Any) -> None:
    made = workspace.post("workspace", op="user_group", handle="field-sales", members=[SATO, "emma.clarke"])
    [listed] = workspace.client.usergroups_list()["usergroups"]
    assert (listed["id"], listed["handle"], listed["user_count"]) == (made["usergroup"], "field-sales", "2")
    assert workspace.client.usergroups_users_list(usergroup=listed["id"])["users"] == [SATO, EMMA]
    workspace.post("workspace", op="user_group", handle="field-sales", members=[], disabled=True)
    assert workspace.client.usergroups_list()["usergroups"] == []
    with pytest.raises(SlackApiError, match="no_such_subteam"):
        workspace.client.usergroups_users_list(usergroup=listed["id"])


def test_user_groups_need_their_scope(workspace: Any) -> None:
    workspace.post("workspace", op="scopes", scopes=["chat:write"])
    answer = workspace.call("usergroups.list")
    assert (answer["error"], answer["needed"]) == ("missing_scope", "usergroups:read")


def test_a_status_is_part_of_the_profile(workspace: Any) -> None:
    workspace.post("workspace", op="update_user", user=SATO, status_emoji=":palm_tree:", status_text="休暇中")
    profile = workspace.client.users_info(user=SATO)["user"]["profile"]
    assert (profile["status_emoji"], profile["status_text"]) == (":palm_tree:", "休暇中")


def test_an_ephemeral_message_is_seen_by_one_person_and_in_no_history(workspace: Any) -> None:
    workspace.client.chat_postEphemeral(channel=GENERAL, user=SATO, text="psst")
    assert [m["text"] for m in workspace.get("ephemeral", user="sato")["messages"]] == ["psst"]
    assert workspace.get("ephemeral", user="tanaka")["messages"] == []
    assert workspace.client.conversations_history(channel=GENERAL)["messages"] == []


REFUSALS = [
    ("chat.postMessage", {"channel": GENERAL}, "no_text"),
    ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
    ("chat.postMessage", {"channel": "C404", "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": LEFT, "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": GENERAL, "text": "x", "blocks": "[{"}, "invalid_blocks_format"),
    ("chat.postMessage", {"channel": GENERAL, "blocks": [{"type": "section"}]}, "invalid_blocks"),
    ("chat.postMessage", {"channel": GENERAL, "text": "x", "metadata": {"event_type": "e"}}, "invalid_metadata_format"),
    ("chat.postMessage", {"channel": GENERAL, "text": "x", "thread_ts": "1.000000"}, "cannot_reply_to_message"),
    ("chat.update", {"channel": GENERAL, "ts": "1.000000", "text": "x"}, "message_not_found"),
    ("conversations.open", {"users": LEFT}, "user_disabled"),
    ("conversations.open", {"users": "U0MIMAWARI"}, "cannot_dm_bot"),
    ("conversations.history", {"channel": GENERAL, "cursor": "?"}, "invalid_cursor"),
    ("views.open", {"view": {}, "trigger_id": "x"}, "invalid_arguments"),
    ("views.publish", {"user_id": "U404", "view": {}}, "invalid_arguments"),
    ("chat.shout", {}, "unknown_method"),
]


@pytest.mark.parametrize(("method", "arguments", "code"), REFUSALS)
def test_a_bad_call_gets_slacks_error_code(workspace: Any, method: str, arguments: dict[str, Any], code: str) -> None:
    body = workspace.call(method, **arguments)
    assert (body["ok"], body["error"]) == (False, code)


def test_bad_blocks_are_explained_with_pointers(workspace: Any) -> None:
    body = workspace.call(
        "chat.postMessage", channel=GENERAL, blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": ""}}]
    )
    line = "must be more than 0 characters [json-pointer:/blocks/0/text/text]"
    assert body["errors"] == [line]
    assert body["response_metadata"]["messages"] == [f"[ERROR] {line}"]


def test_all_blocks_together_may_not_be_too_long(workspace: Any) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}] * 5
    assert workspace.call("chat.postMessage", channel=GENERAL, blocks=blocks)["error"] == "msg_blocks_too_long"


def test_a_missing_scope_is_named(workspace: Any) -> None:
    body = workspace.call("reactions.add", channel=GENERAL, timestamp="1.0", name="eyes")
    assert (body["error"], body["needed"]) == ("missing_scope", "reactions:write")
    assert "chat:write" in body["provided"]


def test_the_scope_asked_for_depends_on_the_kind_of_conversation(workspace: Any) -> None:
    channel = workspace.client.conversations_open(users=SATO)["channel"]["id"]
    with pytest.raises(SlackApiError) as refused:
        workspace.client.conversations_info(channel=channel)
    assert refused.value.response["needed"] == "im:read"


@pytest.mark.parametrize(("header", "code"), [({}, "not_authed"), ({"Authorization": "Bearer no"}, "invalid_auth")])
def test_a_call_without_the_right_token_is_refused(workspace: Any, header: dict[str, str], code: str) -> None:
    assert workspace.http.post(f"{workspace.ready['url']}auth.test", headers=header).json()["error"] == code


def test_arguments_may_come_as_query_form_or_json(workspace: Any) -> None:
    url, token = workspace.ready["url"], workspace.ready["token"]
    query = {"token": token, "channel": GENERAL, "text": "q"}
    assert workspace.http.get(f"{url}chat.postMessage", params=query).json()["ok"]
    form = {"token": token, "channel": GENERAL, "blocks": '[{"type":"divider"}]'}
    assert workspace.http.post(f"{url}chat.postMessage", data=form).json()["message"]["blocks"][0]["type"] == "divider"


def test_a_json_body_is_ignored_where_slack_reads_none(workspace: Any) -> None:
    headers = {"Authorization": f"Bearer {workspace.ready['token']}"}
    answer = workspace.http.post(f"{workspace.ready['url']}users.info", json={"user": SATO}, headers=headers).json()
    assert answer["error"] == "invalid_arguments"


def test_an_uploaded_file_appears_a_moment_later(workspace: Any) -> None:
    workspace.client.files_upload_v2(filename="chart.png", content=b"12345", channel=GENERAL, title="Chart")
    time.sleep(0.15)
    [message] = workspace.get("messages", channel="general")["messages"]
    assert [len(message["files"]), message["from_app"]] == [1, True]


def test_an_image_block_may_show_an_uploaded_file_and_no_other(workspace: Any) -> None:
    address = workspace.client.files_getUploadURLExternal(filename="c.png", length=3)
    sent = workspace.http.post(
        address["upload_url"], content=b"abc", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert sent.text == "OK - 3"
    workspace.client.files_completeUploadExternal(files=[{"id": address["file_id"]}])
    image = {"type": "image", "alt_text": "chart", "slack_file": {"id": address["file_id"]}}
    assert workspace.client.chat_postMessage(channel=GENERAL, text="x", blocks=[image])["ok"]
    bad = {**image, "slack_file": {"id": "F404"}}
    assert workspace.call("chat.postMessage", channel=GENERAL, text="x", blocks=[bad])["error"] == "invalid_blocks"


def test_the_method_table_agrees_with_the_reference(load_spec: Callable[[str], Any]) -> None:
    for name, facts in METHODS.items():
        documented = load_spec(f"methods/{name}.json")
        required = {argument for argument in documented["args"].get("required") or [] if argument != "token"}
        assert facts.scopes == tuple(documented.get("scope", {}).get("bot", ())), name
        assert facts.takes_json == bool(documented.get("json_input_supported")), name
        assert facts.tier == (documented.get("rate_limits") or facts.tier), name
        assert set(facts.required) == required, name


def test_only_documented_error_codes_are_answered(workspace: Any, load_spec: Callable[[str], Any]) -> None:
    shared = set(load_spec("methods/_common_errors.json")["errors"])
    extra = {"invalid_auth", "invalid_arguments", "internal_error", "cannot_dm_bot"}
    for method, arguments, code in REFUSALS[:-1]:
        assert code in shared | extra | set(load_spec(f"methods/{method}.json")["errors"]), method
        assert workspace.call(method, **arguments)["error"] == code
