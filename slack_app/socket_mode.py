"""The way for those whom Slack cannot reach: we connect to Slack, and everything comes through that connection."""

from __future__ import annotations

import json
import logging
import threading
from typing import Any, cast
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

import structlog
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from slack_app.config import SlackConfig
from slack_app.listeners.after_ack import start_work
from slack_app.web_client import build_client, quiet_logger
from slack_app.web_failures import CALL_FAILURES, failure

_log = structlog.stdlib.get_logger(__name__)

_THREADS = 24
# The SDK notices a dead connection by its pings and looks only then.
_PING_EVERY_S = 5
_TIMEOUT_S = 10
# Slack's own patience with an answer.
_LAST_ANSWERS_S = 3
# The SDK's default of 1,024 bytes reads a form with its choices in hundreds of nested calls.
_BUFFER_BYTES = 1 << 16


class SocketMode:
    """Keeps one connection while it runs: made anew when it breaks or Slack asks for it, said once in the log each way."""

    def __init__(self, app: App, config: SlackConfig, ping_every_s: float = _PING_EVERY_S) -> None:
        assert config.app_token is not None, "Socket Mode needs an app-level token"
        self._app = app
        self._stopped = threading.Event()
        self._idle = threading.Condition()
        self._answering = 0
        self._client = SocketModeClient(
            app_token=config.app_token,
            # It logs addresses that admit whoever knows them, and what people wrote.
            logger=quiet_logger("slack_app.socket_mode.sdk", logging.CRITICAL + 1),
            web_client=build_client(config, _TIMEOUT_S),
            ping_interval=ping_every_s,
            receive_buffer_size=_BUFFER_BYTES,
            concurrency=_THREADS,
        )
        if proxy_bypass(urlsplit(config.base_url).hostname or ""):
            # It takes HTTPS_PROXY whatever NO_PROXY says.
            self._client.proxy = None
        self._client.socket_mode_request_listeners.append(self._answer)
        self._keeper = threading.Thread(target=self._keep, args=(ping_every_s,), name="slack-socket", daemon=True)

    def start(self) -> None:
        """Returns at once: the service starts while Slack is away, too."""
        self._keeper.start()

    @property
    def connected(self) -> bool:
        return self._client.is_connected()

    def stop(self) -> None:
        """Take nothing more, let what is being answered get its answer out, then leave."""
        self._stopped.set()
        with self._idle:
            self._idle.wait_for(lambda: self._answering == 0, timeout=_LAST_ANSWERS_S)
        try:
            self._client.close()
        except AttributeError:
            # The SDK looks whether the connection is open before it waits for its turn: another thread has closed it.
            self._client.close()

    def _keep(self, look_every_s: float) -> None:
        """The SDK reconnects by itself, but only what was once connected, and silently."""
        was_connected: bool | None = None
        while not self._stopped.is_set():
            trouble = None if self.connected else self._connect()
            connected = self.connected
            if connected and not was_connected:
                _log.info("connected to slack")
            elif not connected and was_connected is not False:
                remedy = "check the network, SLACK_APP_TOKEN, and that Socket Mode is switched on in the app's settings"
                _log.error("not connected to slack", reason=trouble, remedy=remedy)
            was_connected = connected
            self._stopped.wait(look_every_s)

    def _connect(self) -> str | None:
        """What went wrong, if that is known."""
        try:
            self._client.connect_to_new_endpoint()
        except CALL_FAILURES as error:
            return str(failure(error, "apps.connections.open"))
        return None

    def _answer(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        """As the web endpoint does: listeners, the answer, and then the work they left for later."""
        if self._stopped.is_set():
            return
        with self._idle:
            self._answering += 1
        try:
            payload = cast("dict[str, Any]", request.payload)  # pyright: ignore[reportUnknownMemberType] # the SDK says `dict`
            bolt_request = BoltRequest(mode="socket_mode", body=payload, headers=build_headers(request))
            response = self._app.dispatch(bolt_request)
            if response.status == 200:
                client.send_message(_envelope(request, response))
        finally:
            with self._idle:
                self._answering -= 1
                self._idle.notify_all()
        start_work(bolt_request, self._app.listener_runner.listener_executor)


def _envelope(request: SocketModeRequest, response: BoltResponse) -> str:
    """The SDK escapes every Japanese letter to six bytes, and its frames end at 65,535."""
    answer: dict[str, Any] = {"envelope_id": request.envelope_id}
    body = cast("str | None", response.body)  # pyright: ignore[reportUnknownMemberType] # Bolt leaves it open
    if body:
        answer["payload"] = json.loads(body) if body.startswith("{") else {"text": body}
    return json.dumps(answer, ensure_ascii=False)
