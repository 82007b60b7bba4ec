"""The command that looks for mistakes in the set-up: `doctor`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from connector.errors import CrmAnswerBroken, CrmError, CrmUnavailable
from connector.mirror.shared_rows import stored_portal
from jobs.clock import system_clock
from jobs.commands import crm_checks
from jobs.database import snapshot
from jobs.errors import JobError, SettingsWrong, StoreUnusable
from jobs.ledger import runs
from jobs.output import DONE, IN_PART, WRONG_USE, Answer
from jobs.settings import Settings
from jobs.wiring import Parts
from slack_app.errors import SlackError, SlackUnavailable
from slack_app.manifest import SCOPES

# Slack's signatures hold for five minutes.
_SKEW_ALLOWED_S = 240


def doctor(load: Callable[[], Settings]) -> Answer:
    """Each check says what it found and, where it failed, what to do."""
    try:
        settings = load()
        parts = Parts(settings)
    except SettingsWrong as error:
        return Answer({"ok": False, "checks": [_failed("settings", error)]}, WRONG_USE)
    crm = _check("crm", lambda: _crm(parts))
    checks = [
        _check("settings", lambda: f"read from {settings.environment.mimawari_settings}"),
        _check("database", lambda: _database(parts)),
        _check("rules", lambda: _rules(parts)),
        crm,
        _check("scopes", lambda: crm_checks.scopes(parts, crm_answers=crm["ok"])),
        _check("calls", lambda: crm_checks.calls(parts)),
        _check("api version", lambda: crm_checks.api_version(parts)),
        _check("vocabulary", lambda: crm_checks.vocabulary(parts, crm_answers=crm["ok"])),
        _check("slack", lambda: _slack(parts)),
        _check("slack clock", lambda: _slack_clock(parts)),
        _check("people", lambda: _people(parts)),
        _check("last cycle", lambda: _last_cycle(parts)),
    ]
    ok = all(check["ok"] for check in checks)
    return Answer({"ok": ok, "checks": checks}, DONE if ok else IN_PART)


_REMEDIES: Mapping[type[Exception], str] = {
    SettingsWrong: "Mend it in settings.toml, in .env or in the environment.",
    StoreUnusable: "Check MIMAWARI_DATABASE_URL, and the disk or the server behind it.",
    CrmUnavailable: "Check the network and HUBSPOT_BASE_URL, or wait: the next round goes on where this one stopped.",
    CrmAnswerBroken: "Check that HUBSPOT_BASE_URL points at the API itself and not at a proxy's page.",
    SlackUnavailable: "Check the network and SLACK_BASE_URL, or wait: messages stay in the outbox until Slack is back.",
}


class _Wrong(Exception):
    """A check that failed, with its remedy."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


def _check(name: str, look: Callable[[], str]) -> dict[str, Any]:
    try:
        return {"name": name, "ok": True, "message": look(), "remedy": None}
    except _Wrong as wrong:
        return {"name": name, "ok": False, "message": str(wrong), "remedy": wrong.remedy}
    except (JobError, CrmError, SlackError) as error:
        return _failed(name, error)


def _failed(name: str, error: Exception) -> dict[str, Any]:
    remedy = _REMEDIES.get(type(error)) or (type(error).__doc__ or "").split("\n")[0]
    return {"name": name, "ok": False, "message": str(error), "remedy": remedy}


def _database(parts: Parts) -> str:
    with snapshot(parts.engine) as connection:
        portal = stored_portal(connection)
    kind = parts.engine.dialect.name
    return f"{kind}, holds portal {portal.id}" if portal else f"{kind}, empty: no sync has been made yet"


def _rules(parts: Parts) -> str:
    loaded = parts.load_rules()
    if loaded.rule_set is None:
        first = loaded.errors[0]
        raise _Wrong(
            f"{len(loaded.errors)} mistake(s), the first in {first.file} line {first.line}: {first.message.en}",
            "Run `mimawari rules check` and mend what it lists.",
        )
    return (
        f"{len(loaded.rule_set.rules)} rules in {parts.settings.rules_folder.name}, {len(loaded.warnings)} warning(s)"
    )


def _crm(parts: Parts) -> str:
    portal = parts.gateway().portal()
    return f"portal {portal.id}, time zone {portal.time_zone}"


def _slack(parts: Parts) -> str:
    courier, config = parts.courier(), parts.slack_config()
    if courier is None or config is None:
        raise _Wrong(
            "SLACK_BOT_TOKEN is not set",
            "Install the app from slack_app/manifest.yaml and put its bot token into .env.",
        )
    if not config.signing_secret and not config.app_token:
        raise _Wrong(
            "SLACK_SIGNING_SECRET is not set, so no click can be verified",
            "Copy it from the app's Basic Information page into .env, or set SLACK_APP_TOKEN for Socket Mode.",
        )
    who = courier.check()
    scopes = set(who.get("scopes", "").split(","))
    lacking = [f"{scope} ({disabled})" for scope, disabled in SCOPES.items() if scope not in scopes]
    if lacking:
        raise _Wrong(f"the bot token lacks {'; '.join(lacking)}", "Add the scopes and install the app again.")
    for name in filter(None, (config.leak_channel, config.fallback_channel)):
        if courier.channel_id(name) is None:
            raise _Wrong(
                f"there is no channel #{name}",
                "Create it and invite the app, or name another one in settings.toml under [slack].",
            )
    way = "by Socket Mode" if config.app_token else "at our address"
    return f"workspace {who.get('team', '?')}, clicks come {way}"


def _slack_clock(parts: Parts) -> str:
    """Requests signed more than five minutes away from our time are refused, so all of Slack's would be."""
    courier = parts.courier()
    if courier is None:
        return "Slack is not set up"
    told = courier.check().get("date")
    if not told:
        return "Slack does not say what time it is"
    skew = abs((parsedate_to_datetime(told) - system_clock()).total_seconds())
    if skew > _SKEW_ALLOWED_S:
        raise _Wrong(
            f"this machine's clock is {skew:.0f} s away from Slack's, so every click may be refused",
            "Have the machine's clock set over the network (NTP).",
        )
    return f"{skew:.0f} s away from Slack's"


def _people(parts: Parts) -> str:
    directory = parts.directory()
    if directory is None:
        return "Slack is not set up, so nobody is looked up"
    now = parts.clock()
    live = [person for person in parts.people().persons if person.live]
    lost = [person for person in live if directory.slack_user(person.owner_id, now) is None]
    without_role = [person.name for person in live if not person.roles]
    if lost or without_role:
        names = ", ".join(f"{person.name} <{person.email}>" for person in lost)
        parts_of_message = [f"not found in Slack: {names}"] if lost else []
        parts_of_message += [f"no role: {', '.join(without_role)}"] if without_role else []
        raise _Wrong(
            "; ".join(parts_of_message),
            "Link mails under [slack.people] and teams or mails under [roles] in settings.toml. "
            "Until then their reminders go to the fallback channel.",
        )
    return f"{len(live)} CRM users are known in Slack and have a role"


def _last_cycle(parts: Parts) -> str:
    with snapshot(parts.engine) as connection:
        last = runs.last(connection, "cycle")
    if last is None:
        return "none yet: run `mimawari cycle`"
    return f"{last.state} at {last.finished_at.isoformat(timespec='minutes')}"
