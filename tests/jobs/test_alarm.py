"""A person learns on another path that the service stands still: once, and once that it is over."""

from __future__ import annotations

import email
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.policy import default
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from jobs.alarm import Watching, overdue_after, watching
from jobs.errors import SettingsWrong
from jobs.rounds import Rounds
from jobs.wiring import Parts
from tests.jobs.receivers import Receiver, mail_receiver, web_receiver
from tests.jobs.settings_builders import make_settings

START = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


@pytest.fixture
def web() -> Iterator[Receiver]:
    with web_receiver() as receiver:
        yield receiver


@pytest.fixture
def mail() -> Iterator[Receiver]:
    with mail_receiver() as receiver:
        yield receiver


class Life:
    """A service of which a test says what goes well, minute by minute; a person reads `told`."""

    def __init__(self, folder: Path, alarm: str, *, slack: bool = True, **environment: Any) -> None:
        self.now, self.slack_answers = START, True
        settings = make_settings(folder, f"[service]\nlanguage = 'en'\n[alarm]\n{alarm}\n", **environment)
        answers = (lambda: self.slack_answers) if slack else None
        self.watching: Watching = watching(settings, lambda: self.now, ZoneInfo("Asia/Tokyo"), answers)

    def lasts(self, minutes: int, *, rounds: bool = True, troubled: tuple[str, ...] = ()) -> None:
        """A round and a look every five minutes."""
        for _ in range(0, minutes, 5):
            self.now += timedelta(minutes=5)
            if rounds:
                self.watching.signs.round_made(troubled)
            if self.watching.pulse:
                self.watching.pulse.feel()
            if self.watching.alarm:
                self.watching.alarm.look()


def words(web: Receiver) -> list[str]:
    return [json.loads(one.removeprefix("POST /secret-key "))["text"] for one in web.told]


@pytest.mark.parametrize(
    ("every", "set_to", "minutes"),
    [
        (5, 0, 15),  # 3 x 5
        (1, 0, 15),  # 3 x 1 would ring at every restart
        (20, 0, 60),  # 3 x 20
        (5, 7, 7),  # as set
    ],
)
def test_overdue_is_three_intervals_but_a_quarter_of_an_hour_at_least(every: int, set_to: int, minutes: int) -> None:
    assert overdue_after(every, set_to) == timedelta(minutes=minutes)


def test_a_service_that_lives_tells_nobody(web: Receiver, tmp_path: Path) -> None:
    Life(tmp_path, f"webhook_url = '{web.url}'").lasts(180)
    assert web.told == []


def test_a_round_that_hangs_is_told_once_and_its_end_once(web: Receiver, tmp_path: Path) -> None:
    life = Life(tmp_path, f"webhook_url = '{web.url}'", slack=False)
    life.lasts(30)
    life.lasts(15, rounds=False)
    assert words(web) == []  # exactly fifteen minutes is not yet too long
    life.lasts(60, rounds=False)
    (late,) = words(web)
    assert "No round has been completed since Nov 24, 09:30" in late  # 00:00 UTC + 30 min, in Tokyo
    life.lasts(30)
    assert "for 80 minutes" in words(web)[1]  # 15 + 60, and the five until the next round
    assert len(web.told) == 2


def test_each_thing_is_told_by_itself(web: Receiver, tmp_path: Path) -> None:
    life = Life(tmp_path, f"webhook_url = '{web.url}'")
    life.lasts(30, troubled=("messages",))
    life.slack_answers = False
    life.lasts(30, troubled=("messages", "rules"))
    assert [("reminders" in one, "Slack has not answered" in one) for one in words(web)] == [
        (True, False),
        (False, True),
    ]


def test_a_crm_that_is_away_is_no_round(web: Receiver, tmp_path: Path) -> None:
    Life(tmp_path, f"webhook_url = '{web.url}'").lasts(30, troubled=("sync",))
    assert ["No round" in one for one in words(web)] == [True]


def test_what_could_not_be_told_is_told_when_it_can_be(web: Receiver, tmp_path: Path) -> None:
    life = Life(tmp_path, f"webhook_url = '{web.url}'", slack=False)
    web.status = 503
    with capture_logs() as lines:
        life.lasts(60, rounds=False)
    said = [line for line in lines if line["event"] == "alarm not told"]
    assert [(line["to"], line["reason"]) for line in said] == [("webhook_url", "HTTP 503")]
    web.status = 200
    life.lasts(5, rounds=False)
    assert len(web.told) == 1


def test_mail_goes_out_beside_an_address_that_is_away(mail: Receiver, tmp_path: Path) -> None:
    alarm = "webhook_url = 'http://127.0.0.1:9/secret-key'\nemail_to = ['ops@firm.example', 'boss@firm.example']"
    with capture_logs() as lines:
        Life(tmp_path, alarm, slack=False, mimawari_smtp_url=mail.url).lasts(30, rounds=False)
    (told,) = mail.told
    message = email.message_from_string(told, policy=default)
    assert (message["To"], message["Subject"]) == (
        "ops@firm.example, boss@firm.example",
        "mimawari: something stands still",
    )
    assert "No round has been completed" in message.get_content()
    assert "secret-key" not in str(lines)


def test_after_each_good_round_the_ping_is_sent_and_after_no_other(web: Receiver, tmp_path: Path) -> None:
    life = Life(tmp_path, f"ping_url = '{web.url}'")
    life.lasts(10)
    life.lasts(10, troubled=("sync",))
    life.lasts(5, troubled=("rules",))
    assert web.told == ["GET /secret-key"] * 3


def test_a_ping_that_fails_is_said_once_without_its_address(tmp_path: Path) -> None:
    life = Life(tmp_path, "ping_url = 'http://127.0.0.1:9/secret-key'")
    with capture_logs() as lines:
        life.lasts(15)
    assert [(line["event"], line["reason"]) for line in lines] == [("ping not sent", "ConnectionError")]


def test_nothing_runs_beside_the_service_where_nobody_is_to_be_told(tmp_path: Path) -> None:
    life = Life(tmp_path, "")
    assert (life.watching.alarm, life.watching.pulse) == (None, None)


def test_mail_without_a_server_is_a_mistake_in_the_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingsWrong, match="MIMAWARI_SMTP_URL"):
        Life(tmp_path, "email_to = ['ops@firm.example']")


def test_a_wrong_address_is_named_by_its_key_only(tmp_path: Path) -> None:
    with pytest.raises(SettingsWrong, match=r"\[alarm\] ping_url") as caught:
        Life(tmp_path, "ping_url = 'alarm.example/secret-key'")
    assert "secret-key" not in str(caught.value)


def test_a_round_tells_which_steps_it_could_not_make(tmp_path: Path) -> None:
    """Without a CRM and before any sync, a round ends before it made a step."""
    heard: list[Any] = []
    Rounds(Parts(make_settings(tmp_path), pause=lambda _seconds: None), heard.append).make()
    assert heard == []
