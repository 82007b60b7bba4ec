"""What a person does reaches a real Bolt app, signed, and what the app answers is shown."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from slack_bolt import App
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SATO = "U0TSUMUGI01"
INPUT = {
    "type": "input",
    "block_id": "why",
    "label": {"type": "plain_text", "text": "Why"},
    "element": {"type": "plain_text_input", "action_id": "x"},
}
MODAL = {
    "type": "modal",
    "callback_id": "change",
    "title": {"type": "plain_text", "text": "Change"},
    "submit": {"type": "plain_text", "text": "OK"},
    "notify_on_close": True,
    "blocks": [INPUT],
}
HOME = {"type": "home", "blocks": [{"type": "divider"}]}


def option(value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": value}, "value": value}


def card(*elements: dict[str, Any]) -> list[dict[str, Any]]:
    button = {
        "type": "button",
        "action_id": "ack",
        "value": "contacts:501",
        "text": {"type": "plain_text", "text": "Ack"},
    }
    return [{"type": "actions", "block_id": "lead", "elements": list(elements) or [button]}]


def posted(workspace: Any, *elements: dict[str, Any]) -> dict[str, str]:
    answer = workspace.client.chat_postMessage(channel=SATO, text="lead", blocks=card(*elements))
    return {"channel": answer["channel"], "ts": answer["ts"]}


def test_a_command_arrives_with_escaped_mentions_and_its_answer_is_ephemeral(workspace: Any, bolt: App) -> None:
    bolt.command("/lead")(lambda ack, command: ack(f"got {command['text']}"))
    outcome = workspace.act("sato", "command", channel="general", command="/lead", text="status @tanaka #general")
    assert outcome["ok"]
    [shown] = outcome["ephemeral"]
    assert shown["text"] == "got status <@U0TSUMUGI02|tanaka> <#C0TSUMUGI01|general>"


def test_a_later_answer_replaces_the_first_one(workspace: Any, bolt: App) -> None:
    @bolt.command("/lead")
    def lead(ack: Any, respond: Any) -> None:
        ack("Looking up…")

    workspace.act("sato", "command", command="/lead", text="list")
    url = workspace.get("requests")["sent"][-1]["payload"]["response_url"]
    assert workspace.http.post(url, json={"replace_original": True, "text": "3 leads"}).text == "ok"
    assert [m["text"] for m in workspace.get("ephemeral", user="sato")["messages"]] == ["3 leads"]


def test_a_response_url_serves_five_times_and_half_an_hour(workspace: Any, bolt: App) -> None:
    bolt.command("/lead")(lambda ack: ack())
    for clock, answers in ((0, [200] * 5 + [404]), (1801, [404])):
        workspace.act("sato", "command", command="/lead", text="")
        url = workspace.get("requests")["sent"][-1]["payload"]["response_url"]
        workspace.post("clock", advance_s=clock)
        assert [workspace.http.post(url, json={"text": "x"}).status_code for _ in answers] == answers


def test_a_click_carries_the_message_and_may_change_it(workspace: Any, bolt: App) -> None:
    @bolt.action("ack")
    def ack_lead(ack: Any, body: Any, client: Any) -> None:
        ack()
        client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text=body["actions"][0]["value"])

    place = posted(workspace)
    assert workspace.act("佐藤 美咲", "click", **place, action_id="ack")["ok"]
    [message] = workspace.get("messages", channel=SATO)["messages"]
    assert (message["text"], len(message["edits"])) == ("contacts:501", 1)


def test_a_stale_screen_may_still_press_an_old_button(workspace: Any, bolt: App) -> None:
    bolt.action("ack")(lambda ack: ack())
    place = posted(workspace)
    workspace.client.chat_update(**place, text="done", blocks=[])
    assert "action_id" in workspace.act("sato", "click", **place, action_id="ack")["error"]
    assert workspace.act("sato", "click", **place, action_id="ack", version=0)["ok"]


def test_a_choice_arrives_as_the_option_and_must_be_offered(workspace: Any, bolt: App) -> None:
    got: list[Any] = []
    bolt.action("later")(lambda ack, action: (got.append(action), ack()))
    menu = {"type": "static_select", "action_id": "later", "options": [option("1h"), option("3d")]}
    place = posted(workspace, menu)
    assert workspace.act("sato", "click", **place, action_id="later", selected="3d")["ok"]
    assert (got[0]["selected_option"], got[0]["block_id"]) == (option("3d"), "lead")
    assert "no option" in workspace.act("sato", "click", **place, action_id="later", selected="9y")["error"]


def test_a_modal_opens_refuses_and_closes(workspace: Any, bolt: App) -> None:
    bolt.action("ack")(lambda ack, body, client: (client.views_open(trigger_id=body["trigger_id"], view=MODAL), ack()))

    @bolt.view("change")
    def change(ack: Any, view: Any) -> None:
        value = view["state"]["values"]["why"]["x"]["value"]
        ack(response_action="errors", errors={"why": "Too short"}) if len(value) < 3 else ack()

    assert workspace.act("sato", "click", **posted(workspace), action_id="ack")["views"][0]["callback_id"] == "change"
    assert workspace.act("sato", "submit", values={"why": {"x": ""}})["errors"] == {"why": "required"}
    assert workspace.act("sato", "submit", values={"why": {"x": "no"}})["errors"] == {"why": "Too short"}
    outcome = workspace.act("sato", "submit", values={"why": {"x": "budget"}})
    assert (outcome["ok"], outcome["views"]) == (True, [])


def test_closing_a_modal_tells_the_app_when_it_asked(workspace: Any, bolt: App) -> None:
    closed: list[str] = []
    bolt.action("ack")(lambda ack, body, client: (client.views_open(trigger_id=body["trigger_id"], view=MODAL), ack()))
    bolt.view_closed("change")(lambda ack, view: (closed.append(view["id"]), ack()))
    opened = workspace.act("sato", "click", **posted(workspace), action_id="ack")["views"]
    assert workspace.act("sato", "close")["views"] == []
    assert closed == [opened[0]["id"]]


def test_a_trigger_works_once_and_for_three_seconds(workspace: Any, bolt: App) -> None:
    bolt.action("ack")(lambda ack: ack())
    place = posted(workspace)

    def pressed() -> str:
        workspace.act("sato", "click", **place, action_id="ack")
        return str(workspace.get("requests")["sent"][-1]["payload"]["trigger_id"])

    trigger = pressed()
    assert workspace.call("views.open", trigger_id=trigger, view=MODAL)["ok"]
    assert workspace.call("views.open", trigger_id=trigger, view=MODAL)["error"] == "exchanged_trigger_id"
    late = pressed()
    workspace.post("clock", advance_s=4)
    assert workspace.call("views.open", trigger_id=late, view=MODAL)["error"] == "expired_trigger_id"
    assert workspace.call("views.open", trigger_id="1.2.3", view=MODAL)["error"] == "invalid_trigger_id"


def test_a_view_with_a_stale_hash_is_not_overwritten(workspace: Any) -> None:
    first = workspace.client.views_publish(user_id=SATO, view=HOME)["view"]
    workspace.client.views_publish(user_id=SATO, view=HOME, hash=first["hash"])
    again = workspace.call("views.publish", user_id=SATO, view=HOME, hash=first["hash"])
    assert again["error"] == "hash_conflict"


def test_opening_home_lets_the_app_publish_it(workspace: Any, bolt: App) -> None:
    bolt.event("app_home_opened")(lambda event, client: client.views_publish(user_id=event["user"], view=HOME))
    assert workspace.get("home", user="sato")["view"] is None
    assert workspace.act("sato", "open_home")["ok"]
    assert workspace.get("home", user="sato")["view"]["type"] == "home"


def test_a_wrong_signature_is_refused_by_bolt(workspace: Any, bolt: App) -> None:
    url = workspace.get("requests")["sent"]
    workspace.act("sato", "open_home")
    url = workspace.get("requests")["sent"][-1]["url"]
    headers = {"X-Slack-Signature": "v0=0", "X-Slack-Request-Timestamp": str(int(time.time()))}
    assert workspace.http.post(url, content=b"{}", headers=headers).status_code == 401


def test_an_unanswered_act_is_told_to_the_person_and_not_repeated(workspace: Any) -> None:
    workspace.post("app_url", url="http://127.0.0.1:9")
    outcome = workspace.act("sato", "command", command="/lead", text="")
    assert (outcome["ok"], outcome["error"]) == (False, "app_unreachable")
    assert "app_unreachable" in outcome["ephemeral"][0]["text"]
    assert len(workspace.get("requests")["sent"]) == 1


def test_an_event_not_taken_is_repeated_at_once_then_after_one_and_five_minutes(
    workspace: Any, serve_app: Callable[[Starlette], str]
) -> None:
    got: list[tuple[str | None, str | None]] = []

    async def refuse(request: Request) -> Response:
        got.append((request.headers.get("X-Slack-Retry-Num"), request.headers.get("X-Slack-Retry-Reason")))
        return Response(status_code=500)

    workspace.post("app_url", url=serve_app(Starlette(routes=[Route("/slack/events", refuse, methods=["POST"])])))
    workspace.act("sato", "open_home")
    for arrived, advance in ((2, 61), (3, 301), (4, 0)):
        wait_until(lambda count=arrived: len(got) >= count)
        workspace.post("clock", advance_s=advance)
    assert got == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(1000):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen within twenty seconds")


def test_an_act_that_no_person_could_do_is_refused_in_words(workspace: Any) -> None:
    assert "nobody here" in workspace.act("nobody", "open_home")["error"]
    assert "deactivated" in workspace.act("inoue", "open_home")["error"]
    assert "kind must be" in workspace.act("sato", "dance")["error"]
    assert "no message" in workspace.act("sato", "click", channel="general", ts="1.0", action_id="a")["error"]
