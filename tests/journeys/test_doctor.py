"""Looking for mistakes in the set-up: at the terminal and in Slack, in the reader's language, each with its remedy."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from jobs.checks import ours, slack
from jobs.checks.looking import look
from jobs.checks.round_trip import Trial, round_trip
from jobs.commands import act
from jobs.cycle import quiet
from jobs.database import writing
from jobs.ledger import runs
from jobs.wiring import Parts
from slack_app.manifest import SCOPES
from slack_app.texts.catalogue import catalogue
from slack_app.texts.said import in_plain
from slack_app.views import CheckLine
from tests.journeys.conftest import answering
from tests.journeys.site import Site
from tests.journeys.stage import FALLBACK_CHANNEL, LEAK_CHANNEL, Stage, people_of, soon

OPS = people_of("Ops")[0]


@pytest.fixture
def small(stage: Stage) -> Stage:
    stage.set(contacts=10, seed=1)
    act.sync(stage.program, full=True, progress=quiet)
    return stage


def channels(stage: Stage) -> CheckLine:
    return look("channels", lambda: slack.channels(stage.program))


def words(check: CheckLine, language: str = "en") -> str:
    say = catalogue(language)
    return in_plain(check.message, say) + (f" {in_plain(check.remedy, say)}" if check.remedy else "")


def test_each_channel_is_one_where_the_app_may_post(stage: Stage) -> None:
    assert channels(stage).fine
    stage.is_told(slack={"team_channels": {"FS": "no-such-channel"}, "leak_channel": f"#{LEAK_CHANNEL}"})
    assert "no channel #no-such-channel" in words(channels(stage))
    assert "/invite @mimawari" in words(channels(stage), "ja")
    stage.is_told(slack={})
    stage.in_slack("archive_channel", channel=FALLBACK_CHANNEL)
    assert f"#{FALLBACK_CHANNEL}" in words(channels(stage))


def test_a_public_channel_needs_the_app_in_it_or_the_scope_for_all(stage: Stage) -> None:
    stage.in_slack("bot_membership", channel=LEAK_CHANNEL, member=False)
    assert channels(stage).fine
    stage.in_slack("scopes", scopes=[scope for scope in SCOPES if scope != "chat:write.public"])
    assert f"not in #{LEAK_CHANNEL}" in words(channels(stage))


def test_a_round_that_is_long_ago_is_wrong_and_one_that_never_was_is_advice(stage: Stage) -> None:
    def last_cycle() -> CheckLine:
        return look("last cycle", lambda: ours.last_cycle(stage.program))

    assert (last_cycle().ok, last_cycle().fine) == (True, False)
    now = stage.program.clock()
    with writing(stage.program.engine) as connection:
        runs.finish(connection, runs.start(connection, "cycle", now, None), "done", now, {})
    stage.it_is("11-24 09:44")
    assert words(last_cycle()) == "ended 14 min ago"
    stage.it_is("11-24 09:46")
    assert not last_cycle().ok
    assert "16 分" in words(last_cycle(), "ja")
    assert "mimawari serve" in words(last_cycle(), "ja")


def test_who_hears_of_a_standstill_is_said_without_an_address(stage: Stage) -> None:
    def alarm(**addresses: str) -> CheckLine:
        told = {name: SecretStr(address) for name, address in addresses.items()}
        return look("alarm", lambda: ours.alarm(_told(stage, **told)))

    assert "MIMAWARI_PING_URL" in words(alarm())
    webhook = {"mimawari_webhook_url": "https://alarm.example/key"}
    assert "machine is dead" in words(alarm(**webhook))
    both = alarm(**webhook, mimawari_ping_url="https://ping.example/key")
    assert both.fine
    assert "key" not in words(both)
    stage.is_told(alarm={"email_to": ("ops@crm.example",)})
    assert "MIMAWARI_SMTP_URL" in words(alarm())
    assert not alarm().ok


def test_an_admin_reads_it_in_slack_and_tries_a_button(small: Stage) -> None:
    stage = small
    stage.in_slack("archive_channel", channel=FALLBACK_CHANNEL)
    with answering(stage):
        stage.types(OPS, "診断")
        said = soon(lambda: [one for one in stage.whispers(OPS) if "項目に問題があります" in one["text"]])[0]
        shown = str(said["blocks"])
        assert f"#{FALLBACK_CHANNEL}" in shown
        assert "→ チャンネルを作成してアプリを招待する" in shown
        assert "問題なし：設定、データベース、ルール" in shown
        place = {"channel": said["channel"], "ts": said["ts"]}
        stage.does(OPS, "click", **place, action_id="doctor_press", value="-")
        soon(lambda: "操作が届きました" in stage.told_privately(OPS)[-1])


BROKEN = {
    "HUBSPOT_ACCESS_TOKEN": "",
    "SLACK_BOT_TOKEN": "",
    "MIMAWARI_DATABASE_URL": "postgresql://x@127.0.0.1:9/x",
}


def test_the_terminal_speaks_the_settings_language_or_another_and_names_remedies(site: Site) -> None:
    japanese = site.run("doctor", COLUMNS="200", **BROKEN)
    assert "✗ Slack への接続：SLACK_BOT_TOKEN が設定されていません\n    → slack_app/manifest.yaml から" in japanese.out
    english = site.run("doctor", "--language", "en", COLUMNS="200", **BROKEN)
    assert "! alarm: nobody would be told if mimawari stood still\n    → Set MIMAWARI_PING_URL" in english.out
    checks = site.run("doctor", "--json", **BROKEN).document["checks"]
    wrong = [check for check in checks if not check["ok"]]
    assert len(wrong) > 5
    assert [check["name"] for check in wrong if not (check["remedy"] and check["remedy_ja"])] == []


def trial(stage: Stage, meanwhile: Callable[[], object] = lambda: None, **given: Any) -> CheckLine:
    """A second of waiting, in which something happens first."""
    left = [meanwhile]

    def pause(_seconds: float) -> None:
        if left:
            left.pop()()

    asked = Trial(**{"wait_s": 1, **given})
    return look("round trip", lambda: round_trip(stage.program, asked, lambda _said: None, pause))


def presses(stage: Stage) -> None:
    card = stage.messages(OPS)[-1]
    stage.presses(OPS, card, "doctor_press", card.blocks[-1]["elements"][0]["value"])


def test_a_press_that_comes_back_ends_the_trial(small: Stage) -> None:
    with answering(small):
        check = trial(small, lambda: presses(small))
    assert (check.ok, small.messages(OPS)[-1].edits) == (True, 1)
    assert "操作は正常に届いています" in small.messages(OPS)[-1].text


def test_a_trial_without_a_press_says_what_is_missing(small: Stage) -> None:
    assert "nobody@crm.example" in words(trial(small, to="nobody@crm.example"))
    assert "ConnectionError" in words(trial(small, url="http://127.0.0.1:9"))
    assert small.messages(OPS) == []
    assert "nothing has ever come" in words(trial(small))
    assert "時間内に操作が届きませんでした" in small.messages(OPS)[-1].text
    with answering(small):
        assert "other things from Slack did" in words(trial(small, lambda: small.opens_home(OPS)))
    small.it_is("11-24 09:31")
    assert "came at 2026-11-24 09:30" in words(trial(small))
    with answering(as_of_another_app(small)):
        check = trial(small, lambda: presses(small))
    assert "refused: Signature wrong" in words(check)
    assert "SLACK_SIGNING_SECRET" in words(check)


def as_of_another_app(stage: Stage) -> Stage:
    """The service with the signing secret of another app. The stage goes on with the right one."""
    service = copy.copy(stage)
    service.program = _told(stage, slack_signing_secret=SecretStr("another"))
    return service


def _told(stage: Stage, **environment: SecretStr) -> Parts:
    """The program with something else in its environment."""
    settings = stage.program.settings
    told = settings.environment.model_copy(update=environment)
    return Parts(dataclasses.replace(settings, environment=told))
