"""How the stand-in talks to the app: signed requests, the three-second rule, and repeated events."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx

from slack_app.sandbox.json_values import Json, as_object

if TYPE_CHECKING:
    from slack_app.sandbox.site import Site

ANSWER_WITHIN_S = 3.0
# Events that were not taken are sent again at once, after a minute and after five.
_RETRY_AFTER_S = (0.0, 60.0, 300.0)

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `failure` is None for a 200 in time, else what the person is told."""

    status: int | None
    text: str
    failure: str | None
    no_retry: bool = False

    def parsed(self) -> Json | None:
        """The body if it is a JSON object."""
        try:
            return as_object(json.loads(self.text)) if self.text else None
        except ValueError:
            return None


def signature(secret: str, timestamp: str, body: bytes) -> str:
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return f"v0={digest.hexdigest()}"


@dataclasses.dataclass(frozen=True, slots=True)
class Parcel:
    """`contents` is what the body says, kept for the journal; `body` the very bytes that are signed and sent."""

    kind: str
    contents: Json
    body: bytes
    content_type: str
    headers: dict[str, str]


async def send_command(site: Site, fields: dict[str, str]) -> Answer:
    return await _send(site, Parcel("command", dict(fields), urlencode(fields).encode(), FORM, {}))


async def send_interaction(site: Site, payload: Json) -> Answer:
    body = urlencode({"payload": json.dumps(payload, ensure_ascii=False)}).encode()
    return await _send(site, Parcel(str(payload["type"]), payload, body, FORM, {}))


async def send_event(site: Site, envelope: Json) -> Answer:
    """The first delivery; what the app does not take is sent again in the background."""
    sent = site.clock.elapsed()
    answer = await _send_event_once(site, envelope, {})
    if answer.failure and not answer.no_retry and site.app_is_known:
        site.in_background(_repeat_event(site, envelope, answer, sent))
    return answer


async def _repeat_event(site: Site, envelope: Json, answer: Answer, sent: float) -> None:
    """Each after its time from the delivery before, however long the app took to refuse that."""
    for number, pause in enumerate(_RETRY_AFTER_S, start=1):
        await site.wait_for_clock(sent + pause)
        sent = site.clock.elapsed()
        reason = "http_timeout" if answer.failure == "operation_timeout" else "http_error"
        headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
        answer = await _send_event_once(site, envelope, headers)
        if not answer.failure or answer.no_retry:
            return


async def _send_event_once(site: Site, envelope: Json, headers: dict[str, str]) -> Answer:
    kind = str((as_object(envelope.get("event")) or envelope).get("type"))
    body = json.dumps(envelope, ensure_ascii=False).encode()
    return await _send(site, Parcel(kind, envelope, body, JSON, headers))


async def send_again(site: Site) -> Answer | None:
    """The latest thing once more, word for word, as when its first answer was lost. None where nothing was ever sent."""
    return await _send(site, site.latest_parcel) if site.latest_parcel else None


async def _send(site: Site, parcel: Parcel) -> Answer:
    site.latest_parcel = parcel
    address = "socket" if site.socket_mode.enabled else site.app_url
    entry: Json = {"at": site.clock.now().isoformat(), "kind": parcel.kind, "url": address}
    entry |= {"payload": parcel.contents, "retry_num": parcel.headers.get("X-Slack-Retry-Num")}
    site.journal.note_sent(entry)
    started = time.perf_counter()
    answer = await (_link if site.socket_mode.enabled else _exchange)(site, parcel)
    entry |= {"status": answer.status, "answer": answer.text, "failure": answer.failure}
    entry["ms"] = round((time.perf_counter() - started) * 1000, 1)
    return answer


async def _link(site: Site, parcel: Parcel) -> Answer:
    """Over the app's own connection, unsigned: the connection says who it is."""
    kind = "events_api" if parcel.content_type == JSON else "interactive"
    envelope: Json = {"type": "slash_commands" if parcel.kind == "command" else kind, "payload": parcel.contents}
    envelope["accepts_response_payload"] = kind != "events_api"
    if kind == "events_api":
        number, reason = parcel.headers.get("X-Slack-Retry-Num", "0"), parcel.headers.get("X-Slack-Retry-Reason", "")
        envelope |= {"retry_attempt": int(number), "retry_reason": reason}
    try:
        payload = await site.socket_mode.deliver(envelope, ANSWER_WITHIN_S)
    except TimeoutError:
        return Answer(None, "", "operation_timeout")
    except ConnectionError:
        return Answer(None, "", "app_unreachable")
    return Answer(200, json.dumps(payload) if payload else "", None)


async def _exchange(site: Site, parcel: Parcel) -> Answer:
    if not site.app_url:
        return Answer(None, "", "app_url_not_set")
    # The app compares this with the real time, so the workspace's own clock must stay out of it.
    stamp = str(int(time.time()))
    signed = {
        "Content-Type": parcel.content_type,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature(site.credentials.signing_secret, stamp, parcel.body),
        "User-Agent": "Slackbot 1.0 (stand-in)",
        **parcel.headers,
    }
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            response = await site.http.post(site.app_url, content=parcel.body, headers=signed)
    except (TimeoutError, httpx.TimeoutException):
        return Answer(None, "", "operation_timeout")
    except httpx.HTTPError:
        return Answer(None, "", "app_unreachable")
    failure = None if response.status_code == 200 else "dispatch_failed"
    no_retry = response.headers.get("X-Slack-No-Retry") == "1"
    return Answer(response.status_code, response.text, failure, no_retry)
