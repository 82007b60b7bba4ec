"""Socket Mode as Slack does it: who may connect, what goes through, and when a connection is to be replaced."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Protocol

from slack_app.sandbox.identity import make_secret
from slack_app.sandbox.json_values import Json, as_object, as_text
from slack_app.sandbox.outcome import ActRefusedError

if TYPE_CHECKING:
    from slack_app.sandbox.site import Site

_MOST_CONNECTIONS = 10
# `warning` announces the end some seconds ahead; the app connects anew and leaves the old connection.
_REASONS = {"warning", "refresh_requested", "link_disabled"}


class Connection(Protocol):
    def send_text(self, text: str) -> None: ...

    def close(self, code: int = 1000) -> None: ...

    def abort(self) -> None: ...


class SocketMode:
    """`enabled` as soon as an app has asked for an address: from then on nothing is sent to its web address."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._tickets: set[str] = set()
        self._links: list[Connection] = []
        self._unanswered: dict[str, asyncio.Future[Json]] = {}
        self.enabled = False

    @property
    def connected(self) -> bool:
        return bool(self._links)

    def open_link(self) -> str:
        """An address that admits one connection."""
        self.enabled = True
        ticket = make_secret()
        self._tickets.add(ticket)
        address = self._site.base_url.replace("http://", "ws://", 1)
        return f"{address}/link/?ticket={ticket}&app_id={self._site.workspace.identity.app}"

    def admits(self, ticket: str) -> bool:
        if ticket not in self._tickets or len(self._links) >= _MOST_CONNECTIONS:
            return False
        self._tickets.discard(ticket)
        return True

    def linked(self, link: Connection) -> None:
        self._links.append(link)
        app = {"app_id": self._site.workspace.identity.app}
        debug = {"host": "stand-in", "build_number": 1, "approximate_connection_time": 18060}
        number = len(self._links)
        hello = {"type": "hello", "num_connections": number, "debug_info": debug, "connection_info": app}
        link.send_text(json.dumps(hello))

    def lost(self, link: Connection) -> None:
        if link in self._links:
            self._links.remove(link)

    async def deliver(self, envelope: Json, within_s: float) -> Json | None:
        """The app's answer, `{}` where it took the envelope without words. ConnectionError where no app is connected;
        TimeoutError where it does not answer.
        """
        if not self._links:
            raise ConnectionError("no app is connected")
        # Any connection may get it.
        link = self._links.pop(0)
        self._links.append(link)
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        key = make_secret()
        self._unanswered[key] = answer
        try:
            link.send_text(json.dumps({"envelope_id": key, **envelope}, ensure_ascii=False))
            async with asyncio.timeout(within_s):
                return as_object((await answer).get("payload"))
        finally:
            del self._unanswered[key]

    def heard(self, text: str) -> None:
        message = as_object(json.loads(text)) or {}
        waiting = self._unanswered.get(as_text(message.get("envelope_id")))
        if waiting is not None and not waiting.done():
            waiting.set_result(message)

    def disconnect(self, reason: str) -> None:
        """Tell every connection to go, and end it; `drop` says nothing first."""
        if reason != "drop" and reason not in _REASONS:
            raise ActRefusedError(f"reason must be drop or one of {', '.join(sorted(_REASONS))}")
        links, self._links = self._links, []
        for link in links:
            if reason == "drop":
                link.abort()
                continue
            link.send_text(json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "stand-in"}}))
            if reason != "warning":
                link.close()
