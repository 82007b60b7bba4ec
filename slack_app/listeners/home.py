"""The Home tab: drawn when it is opened and after whatever a person does elsewhere; its settings; who is
who.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from slack_app.backend import Answer, Backend
from slack_app.blocks.home import CONFIRM_ACTION, DENY_ACTION, HELP_ACTION, SETTINGS_ACTION
from slack_app.blocks.home_forms import (
    AWAY_BLOCK,
    CALLBACK_ID,
    DAYS_BLOCK,
    FROM_BLOCK,
    help_modal,
    read_settings,
    settings_modal,
)
from slack_app.blocks.home_people import LINK_ACTION, LINK_BLOCK
from slack_app.listeners.after_ack import after_ack, after_all
from slack_app.listeners.bolt_app import BoltApp
from slack_app.listeners.clicks import read_click
from slack_app.listeners.replies import call_view, publish_home
from slack_app.texts.catalogue import catalogue

# Which question of the form an answer of the service is about.
_PLACES = {"answer.quiet_without_days": DAYS_BLOCK, "answer.away_past": AWAY_BLOCK}


def register(app: BoltApp, backend: Backend) -> None:
    _register_drawing(app, backend)
    _register_settings(app, backend)
    _register_people(app, backend)


def _register_drawing(app: BoltApp, backend: Backend) -> None:
    # Whoever never opened the tab need not have it drawn; Slack says so each time that it is opened.
    readers: set[str] = set()

    def app_home_opened(event: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        if event.get("tab") == "home":
            user_id = event["user"]
            readers.add(user_id)
            after_ack(context, lambda: publish_home(client, backend, backend.visitor(user_id)), _nobody_told)

    def redraw_afterwards(
        body: dict[str, Any], context: dict[str, Any], client: WebClient, next_: Callable[[], None]
    ) -> None:
        # Clicks on the tab itself are answered above the list, and that is a drawing of its own.
        view: Mapping[str, Any] = body.get("view") or {}
        user_id = _who_acts(body)
        if user_id in readers and view.get("type") != "home":
            after_all(context, lambda: publish_home(client, backend, backend.visitor(user_id)))
        next_()

    app.event("app_home_opened")(app_home_opened)
    app.middleware(redraw_afterwards)


def _register_settings(app: BoltApp, backend: Backend) -> None:
    def open_settings(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        click = read_click(body)
        visitor = backend.visitor(click.user_id)
        chosen = backend.home(visitor).preferences
        call_view(
            client, "views.open", {"trigger_id": click.trigger_id}, settings_modal(chosen, catalogue(visitor.language))
        )
        ack()

    def keep_settings(ack: Ack, body: dict[str, Any]) -> None:
        view = body["view"]
        visitor = backend.visitor(body["user"]["id"])
        act_id = f"{visitor.slack_user_id}:{view['id']}:{view['hash']}"
        answer = backend.prefer(visitor, read_settings(view), act_id)
        if answer.ok:
            ack()
            return
        words = catalogue(visitor.language).plain(answer.text)
        ack(response_action="errors", errors={_PLACES.get(answer.text, FROM_BLOCK): words})

    def show_help(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        click = read_click(body)
        say = catalogue(backend.visitor(click.user_id).language)
        call_view(client, "views.open", {"trigger_id": click.trigger_id}, help_modal(say))
        ack()

    app.action(SETTINGS_ACTION)(open_settings)
    app.view(CALLBACK_ID)(keep_settings)
    app.action(HELP_ACTION)(show_help)


def _register_people(app: BoltApp, backend: Backend) -> None:
    def answered(body: dict[str, Any], context: dict[str, Any], client: WebClient, answer: Answer) -> None:
        """Above the list; who the reader is may be another matter than before."""
        user_id = body["user"]["id"]

        def publish() -> None:
            visitor = backend.visitor(user_id)
            said = catalogue(visitor.language).answer(answer.text, answer.values)
            publish_home(client, backend, visitor, said)

        after_ack(context, publish, _nobody_told)

    def said_who(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        click = read_click(body)
        visitor = backend.visitor(click.user_id)
        answered(body, context, client, backend.confirm(visitor, click.value == "yes", click.act_id))
        ack()

    def link_user(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        click, action = read_click(body), body["actions"][0]
        owner_id = action["block_id"].removeprefix(LINK_BLOCK)
        visitor = backend.visitor(click.user_id)
        answer = backend.link_user(visitor, owner_id, action.get("selected_user") or "", click.act_id)
        answered(body, context, client, answer)
        ack()

    def user_change(event: dict[str, Any]) -> None:
        backend.person_changed(event["user"]["id"])

    app.action(CONFIRM_ACTION)(said_who)
    app.action(DENY_ACTION)(said_who)
    app.action(LINK_ACTION)(link_user)
    app.event("user_change")(user_change)


def _who_acts(body: Mapping[str, Any]) -> str:
    """The person behind a command or a click; nobody behind an event."""
    person: Mapping[str, Any] = body.get("user") or {}
    return str(body.get("user_id") or person.get("id", ""))


def _nobody_told() -> None:
    """A tab that was not drawn is drawn when it is opened again."""
