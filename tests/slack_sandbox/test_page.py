"""A person can use the page: read, press, fill in, command, and see the CRM record beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_bolt import App
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from slack_app.sandbox.options import SandboxOptions
from slack_app.sandbox.server import running

SATO, EMMA = "U0TSUMUGI01", "U0TSUMUGI07"
ACK = {"type": "button", "action_id": "ack", "value": "contacts:501", "text": {"type": "plain_text", "text": "承知"}}
CARD = [
    {
        "type": "section",
        "block_id": "lead:contacts:501",
        "text": {"type": "mrkdwn", "text": "*髙橋 健一* &lt;社内&gt; :bell:"},
    },
    {"type": "actions", "elements": [ACK]},
]
MODAL = {
    "type": "modal",
    "callback_id": "why",
    "title": {"type": "plain_text", "text": "理由"},
    "submit": {"type": "plain_text", "text": "送る"},
    "blocks": [
        {
            "type": "input",
            "block_id": "b",
            "label": {"type": "plain_text", "text": "理由"},
            "element": {"type": "plain_text_input", "action_id": "x"},
        }
    ],
}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra `test`")
    with playwright.sync_playwright() as driver:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = driver.chromium.launch(executable_path=chromium, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Any, workspace: Any) -> Iterator[Callable[..., Any]]:
    """Opens the page for a person at a place; fails the test if the page logged an error."""
    pages: list[Any] = []
    errors: list[str] = []

    def opened(user: str = SATO, place: str = "app", width: int = 1280, url: str = "") -> Any:
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{url or workspace.ready['page_url']}#user={user}&place={place}&tab=messages")
        page.wait_for_selector("#sidebar button", state="attached")
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert errors == []


def test_a_message_is_drawn_with_its_markup(workspace: Any, open_page: Callable[..., Any]) -> None:
    workspace.client.chat_postMessage(channel=SATO, text="lead", blocks=CARD)
    page = open_page()
    words = page.locator(".bk-of-section")
    words.wait_for()
    assert words.inner_text() == "髙橋 健一 <社内> 🔔"
    assert words.locator("strong").inner_text() == "髙橋 健一"


def test_a_click_goes_to_the_app_and_the_edit_shows_with_its_former_version(
    workspace: Any, bolt: App, open_page: Callable[..., Any]
) -> None:
    @bolt.action("ack")
    def ack_lead(ack: Any, body: Any, client: Any) -> None:
        ack()
        client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="済み")

    workspace.client.chat_postMessage(channel=SATO, text="lead", blocks=CARD)
    page = open_page()
    page.click("button:has-text('承知')")
    page.click("button.edited")
    page.wait_for_selector(".former >> text=髙橋 健一")
    assert "済み" in page.inner_text(".message .words")


def test_a_command_shows_a_hint_and_its_answer_only_to_oneself(
    workspace: Any, bolt: App, open_page: Callable[..., Any]
) -> None:
    bolt.command("/lead")(lambda ack, command: ack(f"結果: {command['text']}"))
    page = open_page(place="C0TSUMUGI01")
    page.fill("#words", "/le")
    assert page.is_visible("#command-hint >> text=/lead status")
    page.fill("#words", "/lead list mine")
    page.press("#words", "Enter")
    page.wait_for_selector(".whisper >> text=結果: list mine")
    other = open_page(user=EMMA, place="C0TSUMUGI01")
    assert other.locator(".whisper").count() == 0


def test_a_modal_shows_refusals_and_closes_when_taken(workspace: Any, bolt: App, open_page: Callable[..., Any]) -> None:
    bolt.action("ack")(lambda ack, body, client: (client.views_open(trigger_id=body["trigger_id"], view=MODAL), ack()))
    bolt.view("why")(lambda ack, view: ack(**verdict(view["state"]["values"]["b"]["x"]["value"])))
    workspace.client.chat_postMessage(channel=SATO, text="lead", blocks=CARD)
    page = open_page()
    page.click("button:has-text('承知')")
    page.click("#modal-submit")
    page.wait_for_selector("dialog [role=alert] >> text=必須")
    page.fill("dialog input", "短い")
    page.click("#modal-submit")
    page.wait_for_selector("dialog >> text=もっと詳しく")
    page.fill("dialog input", "来期に検討")
    page.click("#modal-submit")
    page.wait_for_selector("dialog#modal", state="hidden")


def verdict(value: str) -> dict[str, Any]:
    return {"response_action": "errors", "errors": {"b": "もっと詳しく"}} if len(value) < 3 else {}


def test_a_new_message_appears_and_is_announced(workspace: Any, open_page: Callable[..., Any]) -> None:
    page = open_page(place="C0TSUMUGI01")
    workspace.client.chat_postMessage(channel="general", text="おはよう")
    page.wait_for_selector(".message >> text=おはよう", timeout=4000)
    assert "おはよう" in page.inner_text("#announcer")


def test_the_page_speaks_the_language_of_the_person(workspace: Any, open_page: Callable[..., Any]) -> None:
    page = open_page(user=EMMA)
    assert page.inner_text("#tab-messages") == "Messages"
    page.select_option("#person", SATO)
    page.wait_for_selector("#tab-messages:has-text('メッセージ')")
    assert page.get_attribute("html", "lang") == "ja"


def test_the_keyboard_alone_reaches_a_button(workspace: Any, bolt: App, open_page: Callable[..., Any]) -> None:
    pressed: list[str] = []
    bolt.action("ack")(lambda ack, action: (pressed.append(action["value"]), ack()))
    workspace.client.chat_postMessage(channel=SATO, text="lead", blocks=CARD)
    page = open_page()
    page.wait_for_selector("button:has-text('承知')")
    page.focus("#scroll")
    page.keyboard.press("Tab")
    with page.expect_response("**/page/act"):
        page.keyboard.press("Enter")
    assert pressed == ["contacts:501"]


def test_a_menu_at_the_lower_edge_can_be_seen_whole(workspace: Any, open_page: Callable[..., Any]) -> None:
    options = [{"text": {"type": "plain_text", "text": f"{n}"}, "value": f"{n}"} for n in range(5)]
    menu = {"type": "overflow", "action_id": "more", "options": options}
    row = {"type": "section", "text": {"type": "mrkdwn", "text": "lead"}, "accessory": menu}
    workspace.client.chat_postMessage(channel=SATO, text="lead", blocks=[*[CARD[1]] * 30, row])
    page = open_page()
    page.click("button.bk-overflow")
    last = page.locator("[role=menuitem]").last.bounding_box()
    area = page.locator("#scroll").bounding_box()
    assert last["y"] + last["height"] <= area["y"] + area["height"]


def test_every_field_has_a_name_that_a_screen_reader_says(workspace: Any, open_page: Callable[..., Any]) -> None:
    text = {"type": "plain_text", "text": "スヌーズ"}
    select = {"type": "static_select", "action_id": "s", "placeholder": text, "options": [{"text": text, "value": "1"}]}
    day = {"type": "datepicker", "action_id": "d", "placeholder": text}
    workspace.client.chat_postMessage(
        channel=SATO, text="lead", blocks=[{"type": "actions", "elements": [select, day]}]
    )
    page = open_page()
    page.get_by_role("combobox", name="スヌーズ").wait_for()
    assert page.get_by_label("スヌーズ").count() == 2


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_sticks_out_sideways(workspace: Any, open_page: Callable[..., Any], width: int) -> None:
    long = [{"type": "section", "text": {"type": "mrkdwn", "text": "https://example.example/" + "x" * 300}}, *CARD]
    workspace.client.chat_postMessage(channel=SATO, text="lead", blocks=long)
    page = open_page(width=width)
    page.wait_for_selector(".message")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(
        "document.querySelector('#scroll').scrollWidth <= document.querySelector('#scroll').clientWidth"
    )


def crm_state(request: Request) -> JSONResponse:
    kind, record = request.query_params.get("object"), request.query_params["from_id"]
    if kind is None:
        return JSONResponse({"owners": [{"id": "41", "lastName": "長谷川", "firstName": "亮介"}]})
    status = {"hs_lead_status": [{"value": "OPEN_DEAL", "timestamp": "2026-11-16T02:00:00Z", "sourceType": "CRM_UI"}]}
    contact = {"lastname": "髙橋", "firstname": "健一", "hs_lead_status": "OPEN_DEAL", "hubspot_owner_id": "41"}
    records = {
        "contacts": {"properties": contact, "history": status, "archived": False},
        "deals": {"properties": {"dealname": "年間掲載"}},
    }
    objects = {kind: {record: records[kind]}}
    return JSONResponse({"objects": objects, "associations": [["contacts", "501", "deals", "77", 4]]})


def test_the_record_of_the_contact_stands_beside_the_message(
    serve_app: Callable[[Starlette], str], workspace: Any, open_page: Callable[..., Any]
) -> None:
    crm = serve_app(Starlette(routes=[Route("/_control/state", crm_state)]))
    with running(SandboxOptions(crm_url=crm, rate_scale=0)) as ready:
        page = open_page(place="C0TSUMUGI01", url=ready["page_url"])
        headers = {"Authorization": f"Bearer {ready['token']}"}
        body = {"channel": "general", "text": "lead", "blocks": CARD}
        workspace.http.post(f"{ready['url']}chat.postMessage", json=body, headers=headers)
        page.hover(".bk-of-section")
        page.wait_for_selector(".record-name")
        shown = page.inner_text("#record")
    assert all(word in shown for word in ("髙橋 健一", "長谷川 亮介", "OPEN_DEAL", "年間掲載"))
