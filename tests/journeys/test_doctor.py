"""Looking for mistakes in the set-up: at the terminal and in Slack, in the reader's language, each with its remedy."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from jobs.checks import ours, slack
from jobs.checks.looking import look
from jobs.commands import act
from jobs.cycle import quiet
from jobs.database import writing
from jobs.ledger import runs
from slack_app.manifest import SCOPES
from slack_app.texts.catalogue import catalogue
from slack_app.texts.said import in_plain
from slack_app.views import CheckLine
from tests.journeys.conftest import answering
from tests.journeys.site import Site
from tests.journeys.stage import FALLBACK_CHANNEL, LEAK_CHANNEL, Stage, people_of, soon

OPS = people_of("Ops")[0]


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
    def alarm() -> CheckLine:
        return look("alarm", lambda: ours.alarm(stage.program))

    assert "ping_url" in words(alarm())
    stage.is_told(alarm={"webhook_url": SecretStr("https://alarm.example/key")})
    assert "machine is dead" in words(alarm())
    stage.is_told(alarm={"webhook_url": SecretStr("https://alarm.example/key"), "ping_url": "https://ping.example/key"})
    assert alarm().fine
    assert "key" not in words(alarm())
    stage.is_told(alarm={"email_to": ("ops@crm.example",)})
    assert "MIMAWARI_SMTP_URL" in words(alarm())
    assert not alarm().ok


def test_an_admin_reads_it_in_slack_and_tries_a_button(stage: Stage) -> None:
    stage.set(contacts=10, seed=1)
    act.sync(stage.program, full=True, progress=quiet)
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


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((), "✗ Slack への接続：SLACK_BOT_TOKEN が設定されていません\n    → slack_app/manifest.yaml から"),
        (("--language", "en"), "! alarm: nobody would be told if mimawari stood still\n    → Set ping_url"),
    ],
)
def test_a_person_at_the_terminal_reads_the_settings_language_or_another(
    site: Site, arguments: tuple[str, ...], line: str
) -> None:
    assert line in site.run("doctor", *arguments, COLUMNS="200", **BROKEN).out


def test_whatever_is_wrong_has_a_remedy_in_both_languages(site: Site) -> None:
    checks = site.run("doctor", "--json", **BROKEN).document["checks"]
    wrong = [check for check in checks if not check["ok"]]
    assert len(wrong) > 5
    assert [check["name"] for check in wrong if not (check["remedy"] and check["remedy_ja"])] == []
