"""The real `Courier`: Slack's web interface for one workspace."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NoReturn, cast

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from slack_app.config import SlackConfig
from slack_app.courier import Channel, Message, Posted, SlackUser
from slack_app.errors import DeliveryUnknown, SlackRefused, SlackUnavailable
from slack_app.limits import fitted_message
from slack_app.pacing import Pacing
from slack_app.web_client import build_client
from slack_app.web_failures import CALL_FAILURES, failure

_log = structlog.stdlib.get_logger(__name__)

_TIMEOUT_S = 10
_EVENT_TYPE = "lead_reminder"
_KNOWN_FOR_S = 24 * 3600
_UNKNOWN_FOR_S = 3600
_CHANNELS_FOR_S = 600
# Our clock and Slack's may differ a little.
_LOOK_BACK = timedelta(seconds=5)
_LOOK_UP_PAGE = 15
_CHANNEL_PAGE = 200

# Of the statuses that Slack offers by itself, those that say that nobody is there: on holiday, ill.
_AWAY = frozenset({":palm_tree:", ":face_with_thermometer:"})
_CHANNEL_ID = re.compile(r"[CDG][A-Z0-9]{6,}")
# Slack does not take our blocks: our mistake, for which no reminder may be lost.
_BAD_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"})
_NO_SUCH_CHANNEL = frozenset({"channel_not_found", "team_not_found"})
_NO_SUCH_USER = frozenset({"users_not_found", "user_not_found", "user_not_visible"})
# Reading has no effect that could be doubled: whatever went wrong, it may be asked again.
_READS = frozenset(
    {
        "conversations.history",
        "conversations.info",
        "conversations.list",
        "conversations.replies",
        "conversations.open",
        "usergroups.list",
        "usergroups.users.list",
        "users.lookupByEmail",
        "users.info",
        "auth.test",
    }
)


class WebCourier:
    """Implements `slack_app.courier.Courier`. Safe to share between threads."""

    def __init__(
        self,
        config: SlackConfig,
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
        timeout_s: float = _TIMEOUT_S,
    ) -> None:
        self._client: WebClient = build_client(config, timeout_s)
        self._monotonic = monotonic
        self._pacing = Pacing(monotonic, sleep)
        self._users: dict[str, tuple[float, SlackUser | None]] = {}
        # Ten clicks of a person whom nobody has looked up yet ask Slack once.
        self._asking: dict[str, threading.RLock] = {}
        self._channels: tuple[float, Mapping[str, str]] | None = None

    def post(self, channel: str, message: Message, delivery_id: str, thread: str | None = None) -> Posted:
        arguments: dict[str, Any] = {"channel": channel, "unfurl_links": False, "unfurl_media": False}
        if thread is not None:
            arguments["thread_ts"] = thread
        answer = self._send("chat.postMessage", arguments, message, delivery_id)
        return Posted(answer["channel"], answer["ts"])

    def update(self, posted: Posted, message: Message, delivery_id: str) -> None:
        self._send("chat.update", {"channel": posted.channel, "ts": posted.ts}, message, delivery_id)

    def find(self, channel: str, delivery_id: str, since: datetime, thread: str | None = None) -> Posted | None:
        arguments: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{(since - _LOOK_BACK).timestamp():.6f}",
            "limit": _LOOK_UP_PAGE,
            "include_all_metadata": True,
        }
        method = "conversations.history"
        if thread is not None:
            method, arguments["ts"] = "conversations.replies", thread
        for page in self._pages(method, arguments):
            for message in page["messages"]:
                payload = message.get("metadata", {}).get("event_payload", {})
                if payload.get("delivery_id") == delivery_id:
                    return Posted(channel, message["ts"])
        return None

    def direct_channel(self, user_id: str) -> str:
        return self._call("conversations.open", {"users": user_id})["channel"]["id"]

    def channel_id(self, name: str) -> str | None:
        if _CHANNEL_ID.fullmatch(name):
            return name
        bare = name.removeprefix("#")
        now = self._monotonic()
        if self._channels is None or now - self._channels[0] > _CHANNELS_FOR_S:
            self._channels = (now, self._read_channels())
        return self._channels[1].get(bare)

    def channel(self, name: str) -> Channel | None:
        channel_id = self.channel_id(name)
        if channel_id is None:
            return None
        try:
            found = self._call("conversations.info", {"channel": channel_id})["channel"]
        except SlackRefused as error:
            if error.code not in _NO_SUCH_CHANNEL:
                raise
            return None
        said = {word: bool(found.get(word)) for word in ("is_private", "is_archived", "is_member")}
        return Channel(channel_id, said["is_private"], said["is_archived"], said["is_member"])

    def user_by_email(self, email: str) -> SlackUser | None:
        return self._known_user(email.casefold(), "users.lookupByEmail", {"email": email})

    def user(self, user_id: str) -> SlackUser | None:
        return self._known_user(user_id, "users.info", {"user": user_id, "include_locale": True})

    def forget(self, user_id: str) -> None:
        # Whoever was not found may have got the mail address that was asked for.
        for key, (_, user) in list(self._users.items()):
            if user is None or user.id == user_id:
                self._users.pop(key, None)

    def group_members(self, handle: str) -> Sequence[str] | None:
        groups = self._call("usergroups.list", {})["usergroups"]
        bare = handle.removeprefix("@").casefold()
        group_id = next((one["id"] for one in groups if one["handle"].casefold() == bare), None)
        if group_id is None:
            return None
        return tuple(self._call("usergroups.users.list", {"usergroup": group_id})["users"])

    def check(self) -> Mapping[str, str]:
        response = self._response("auth.test", {})
        data = cast("Mapping[str, Any]", response.data)
        headers = {name.lower(): str(value) for name, value in response.headers.items()}
        found = {name: str(data.get(name, "")) for name in ("team", "user", "url")}
        return {**found, "scopes": headers.get("x-oauth-scopes", ""), "date": headers.get("date", "")}

    def _send(self, method: str, target: Mapping[str, Any], message: Message, delivery_id: str) -> Mapping[str, Any]:
        """Post or edit. Blocks that Slack refuses are left off, since a plain reminder is better than none."""
        fitted, found = fitted_message(message)
        if found:
            _log.error("message over slack's limits", delivery_id=delivery_id, problems=found)
        metadata = {"event_type": _EVENT_TYPE, "event_payload": {"delivery_id": delivery_id}}
        arguments = {**target, "text": fitted.text, "blocks": list(fitted.blocks), "metadata": metadata}
        channel = str(target["channel"]) if method == "chat.postMessage" else None
        try:
            return self._call(method, arguments, channel)
        except SlackRefused as error:
            if error.code not in _BAD_BLOCKS or not fitted.blocks:
                raise
            _log.error("slack refused our blocks", delivery_id=delivery_id, code=error.code, problems=_pointers(error))
        return self._call(method, {**arguments, "blocks": []}, channel)

    def _known_user(self, key: str, method: str, arguments: Mapping[str, Any]) -> SlackUser | None:
        with self._asking.setdefault(key, threading.RLock()):
            return self._look_up_user(key, method, arguments)

    def _look_up_user(self, key: str, method: str, arguments: Mapping[str, Any]) -> SlackUser | None:
        now = self._monotonic()
        known_at, known = self._users.get(key, (float("-inf"), None))
        if now - known_at < (_KNOWN_FOR_S if known else _UNKNOWN_FOR_S):
            return known
        try:
            user = _slack_user(self._call(method, arguments)["user"])
        except SlackRefused as error:
            if error.code not in _NO_SUCH_USER:
                raise
            user = None
        if user is not None and method == "users.lookupByEmail":
            # Only users.info tells the language.
            user = self.user(user.id)
        self._users[key] = (now, user)
        return user

    def _read_channels(self) -> Mapping[str, str]:
        kinds = "public_channel,private_channel"
        arguments: dict[str, Any] = {"types": kinds, "exclude_archived": True, "limit": _CHANNEL_PAGE}
        return {
            channel["name"]: channel["id"]
            for page in self._pages("conversations.list", arguments)
            for channel in page["channels"]
        }

    def _pages(self, method: str, arguments: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        page = self._call(method, arguments)
        yield page
        while cursor := page.get("response_metadata", {}).get("next_cursor"):
            page = self._call(method, {**arguments, "cursor": cursor})
            yield page

    def _call(self, method: str, arguments: Mapping[str, Any], channel: str | None = None) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", self._response(method, arguments, channel).data)

    def _response(self, method: str, arguments: Mapping[str, Any], channel: str | None = None) -> Any:
        self._pacing.wait_for(method, channel)
        # Slack takes JSON for what writes; the methods that read take forms only.
        body: dict[str, Any] = {"json" if method.startswith("chat.") else "params": dict(arguments)}
        try:
            return self._client.api_call(method, **body)  # pyright: ignore[reportUnknownMemberType] # the SDK says `dict`
        except CALL_FAILURES as error:
            self._give_up(error, method)

    def _give_up(self, error: Exception, method: str) -> NoReturn:
        reason = failure(error, method)
        if isinstance(reason, SlackUnavailable) and reason.retry_after is not None:
            self._pacing.pause(method, reason.retry_after)
        if isinstance(reason, DeliveryUnknown) and method in _READS:
            raise SlackUnavailable(f"Slack did not answer {method}. It is asked again later.") from error
        raise reason from error


def _slack_user(user: Mapping[str, Any]) -> SlackUser:
    profile: Mapping[str, Any] = user.get("profile", {})
    is_foreign = any(user.get(name) for name in ("deleted", "is_bot", "is_restricted", "is_ultra_restricted"))
    return SlackUser(
        id=user["id"],
        email=profile.get("email"),
        name=profile.get("real_name") or user.get("real_name") or profile.get("display_name") or user.get("name", ""),
        language="ja" if str(user.get("locale", "")).startswith("ja") else "en",
        time_zone=user.get("tz") or "Asia/Tokyo",
        active=not is_foreign,
        away=profile.get("status_emoji") in _AWAY,
    )


def _pointers(error: SlackRefused) -> list[str]:
    """Slack's own words on which block is wrong: places and limits, none of our text."""
    cause = error.__cause__
    if not isinstance(cause, SlackApiError):
        return []
    data = cast("Mapping[str, Any]", cause.response.data)  # pyright: ignore[reportUnknownMemberType] # the SDK leaves it open
    return [str(each) for each in data.get("errors", ())]
