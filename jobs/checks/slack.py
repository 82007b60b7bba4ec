"""Our standing with Slack: the token, the channels we are to speak in, the clock, the people."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from jobs.checks.looking import Wrong
from jobs.clock import system_clock
from jobs.wiring import Parts
from slack_app.config import SlackConfig
from slack_app.courier import Courier
from slack_app.manifest import SCOPES
from slack_app.texts.said import Said

# Slack's signatures hold for five minutes.
_SKEW_ALLOWED_S = 240
_ANY_PUBLIC_CHANNEL = "chat:write.public"


def answers(parts: Parts) -> Said:
    courier, config = set_up(parts)
    if not config.signing_secret and not config.app_token:
        raise Wrong(Said("doctor.slack_no_secret"), "doctor.slack_no_secret_remedy")
    who = courier.check()
    granted = who.get("scopes", "").split(",")
    lacking = tuple(_scope(scope) for scope in SCOPES if scope not in granted)
    if lacking:
        raise Wrong(Said("doctor.slack_scopes", {"lacking": lacking}), "doctor.slack_scopes_remedy")
    return Said("doctor.slack_socket" if config.app_token else "doctor.slack_address", {"team": who.get("team", "?")})


def channels(parts: Parts) -> Said:
    """Whether the app may post to each, as far as Slack tells without a message that everybody sees."""
    courier, config = set_up(parts)
    names = list(dict.fromkeys(filter(None, _named(config))))
    may_anywhere = _ANY_PUBLIC_CHANNEL in courier.check().get("scopes", "").split(",")
    problems = tuple(said for name in names if (said := _problem(courier, name, may_anywhere)) is not None)
    if problems:
        raise Wrong(Said("doctor.channels_wrong", {"problems": problems}), "doctor.channels_remedy")
    if not names:
        return Said("doctor.channels_none")
    return Said("doctor.channels", {"names": tuple(f"#{name.removeprefix('#')}" for name in names)})


def clock(parts: Parts) -> Said:
    """Requests signed more than five minutes away from our time are refused, so all of Slack's would be."""
    courier = parts.courier()
    if courier is None:
        return Said("doctor.slack_off")
    told = courier.check().get("date")
    if not told:
        return Said("doctor.slack_clock_unknown")
    skew = abs((parsedate_to_datetime(told) - system_clock()).total_seconds())
    seconds = {"seconds": f"{skew:.0f}"}
    if skew > _SKEW_ALLOWED_S:
        raise Wrong(Said("doctor.slack_clock_wrong", seconds), "doctor.slack_clock_remedy")
    return Said("doctor.slack_clock", seconds)


def people(parts: Parts) -> Said:
    directory = parts.directory()
    if directory is None:
        return Said("doctor.people_unasked")
    now = parts.clock()
    live = [person for person in parts.people().persons if person.live]
    lost = [person for person in live if directory.slack_user(person.owner_id, now) is None]
    idle = [person for person in live if not person.roles]
    problems: list[Said] = []
    if lost:
        problems.append(Said("doctor.people_lost", {"names": tuple(f"{one.name} <{one.email}>" for one in lost)}))
    if idle:
        problems.append(Said("doctor.people_without_role", {"names": tuple(one.name for one in idle)}))
    if problems:
        raise Wrong(Said("doctor.people_wrong", {"problems": tuple(problems)}), "doctor.people_remedy")
    return Said("doctor.people", {"count": len(live)})


def set_up(parts: Parts) -> tuple[Courier, SlackConfig]:
    courier, config = parts.courier(), parts.slack_config()
    if courier is None or config is None:
        raise Wrong(Said("doctor.slack_no_token"), "doctor.slack_no_token_remedy")
    return courier, config


def _scope(scope: str) -> Said:
    means = Said(f"doctor.scope_{scope.replace(':', '_').replace('.', '_')}")
    return Said("doctor.slack_scope", {"scope": scope, "means": means})


def _named(config: SlackConfig) -> Iterator[str | None]:
    yield config.leak_channel
    yield config.fallback_channel
    yield from config.team_channels.values()


def _problem(courier: Courier, name: str, may_anywhere: bool) -> Said | None:
    found, values = courier.channel(name), {"name": name.removeprefix("#")}
    if found is None:
        return Said("doctor.channel_missing", values)
    if found.archived:
        return Said("doctor.channel_archived", values)
    if not found.joined and (found.private or not may_anywhere):
        return Said("doctor.channel_not_joined", values)
    return None
