"""A person learns on another path that the service stands still: once, and once that it is over."""

from __future__ import annotations

import contextlib
import email
import json
from collections.abc import Generator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.policy import default
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, delete, text
from structlog.testing import capture_logs

from jobs.alarm import ROUND, Watching, overdue_after, watching
from jobs.alarm_memory import Change, Memory
from jobs.database import writing
from jobs.errors import SettingsWrong
from jobs.ledger.tables import standstills
from jobs.rounds import Rounds
from jobs.wiring import Parts
from tests.jobs.receivers import Receiver, mail_receiver, web_receiver
from tests.jobs.settings_builders import make_settings

START = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    with writing(sqlite_engine) as connection:
        connection.execute(delete(standstills))
    return sqlite_engine


@pytest.fixture
def web() -> Iterator[Receiver]:
    with web_receiver() as receiver:
        yield receiver


@pytest.fixture
def mail() -> Iterator[Receiver]:
    with mail_receiver() as receiver:
        yield receiver


class Life:
    """A service of which a test says what goes well, minute by minute; a person reads `told`. Another one with the same
    database is the service started again.
    """

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        *,
        slack: bool = True,
        email_to: Sequence[str] = (),
        begins: datetime = START,
        **environment: Any,
    ) -> None:
        self.now, self.slack_answers = begins, True
        settings = make_settings(
            folder, f"[service]\nlanguage = 'en'\n[alarm]\nemail_to = {list(email_to)}\n", **environment
        )
        answers = (lambda: self.slack_answers) if slack else None
        self.watching: Watching = watching(settings, lambda: self.now, ZoneInfo("Asia/Tokyo"), answers, engine)

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
            if self.watching.memory:
                self.watching.memory.write()


@contextlib.contextmanager
def away(engine: Engine) -> Generator[None]:
    """As a database that cannot be written to."""
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE standstills RENAME TO elsewhere"))
    try:
        yield
    finally:
        with writing(engine) as connection:
            connection.execute(text("ALTER TABLE elsewhere RENAME TO standstills"))


def words(web: Receiver) -> list[str]:
    return [json.loads(one.removeprefix("POST /secret-key "))["text"] for one in web.told]


def starts_again(life: Life, engine: Engine, folder: Path, webhook_url: str) -> Life:
    """Ten minutes later."""
    begins = life.now + timedelta(minutes=10)
    return Life(engine, folder, slack=False, begins=begins, mimawari_webhook_url=webhook_url)


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


def test_a_service_that_lives_tells_nobody(web: Receiver, tmp_path: Path, engine: Engine) -> None:
    Life(engine, tmp_path, mimawari_webhook_url=web.url).lasts(180)
    assert web.told == []


def test_a_round_that_hangs_is_told_once_and_its_end_once(web: Receiver, tmp_path: Path, engine: Engine) -> None:
    life = Life(engine, tmp_path, mimawari_webhook_url=web.url, slack=False)
    life.lasts(30)
    life.lasts(15, rounds=False)
    assert words(web) == []  # exactly fifteen minutes is not yet too long
    life.lasts(60, rounds=False)
    (late,) = words(web)
    assert "No round has been completed since Nov 24, 09:30" in late  # 00:00 UTC + 30 min, in Tokyo
    life.lasts(30)
    assert "for 80 minutes" in words(web)[1]  # 15 + 60, and the five until the next round
    assert len(web.told) == 2


def test_each_thing_is_told_by_itself(web: Receiver, tmp_path: Path, engine: Engine) -> None:
    life = Life(engine, tmp_path, mimawari_webhook_url=web.url)
    life.lasts(30, troubled=("messages",))
    life.slack_answers = False
    life.lasts(30, troubled=("messages", "rules"))
    assert [("reminders" in one, "Slack has not answered" in one) for one in words(web)] == [
        (True, False),
        (False, True),
    ]


def test_a_crm_that_is_away_is_no_round(web: Receiver, tmp_path: Path, engine: Engine) -> None:
    Life(engine, tmp_path, mimawari_webhook_url=web.url).lasts(30, troubled=("sync",))
    assert ["No round" in one for one in words(web)] == [True]


def test_what_could_not_be_told_is_told_when_it_can_be(web: Receiver, tmp_path: Path, engine: Engine) -> None:
    life = Life(engine, tmp_path, mimawari_webhook_url=web.url, slack=False)
    web.status = 503
    with capture_logs() as lines:
        life.lasts(60, rounds=False)
    said = [line for line in lines if line["event"] == "alarm not told"]
    assert [(line["to"], line["reason"]) for line in said] == [("webhook", "HTTP 503")]
    web.status = 200
    life.lasts(5, rounds=False)
    assert len(web.told) == 1


def test_what_was_told_is_not_told_again_by_a_service_that_starts_again(
    web: Receiver, tmp_path: Path, engine: Engine
) -> None:
    life = Life(engine, tmp_path, mimawari_webhook_url=web.url, slack=False)
    life.lasts(60, rounds=False)
    life = starts_again(life, engine, tmp_path, web.url)
    life.lasts(60, rounds=False)
    assert len(web.told) == 1
    life = starts_again(life, engine, tmp_path, web.url)
    life.lasts(30)
    assert len(web.told) == 2
    assert "for 145 minutes" in words(web)[1]  # 60 + 10 + 60 + 10, and the five until the first round
    starts_again(life, engine, tmp_path, web.url).lasts(15)
    assert len(web.told) == 2


def test_whoever_was_not_reached_before_the_service_ended_is_told_by_the_next(
    web: Receiver, mail: Receiver, tmp_path: Path, engine: Engine
) -> None:
    life = Life(engine, tmp_path, mimawari_webhook_url=web.url, slack=False)
    life.lasts(30, rounds=False)
    begins = life.now + timedelta(minutes=10)
    addresses = {"mimawari_webhook_url": web.url, "mimawari_smtp_url": mail.url}
    life = Life(engine, tmp_path, slack=False, begins=begins, email_to=["ops@firm.example"], **addresses)
    life.lasts(10, rounds=False)
    assert (len(web.told), len(mail.told)) == (1, 1)
    life.lasts(5)
    assert (len(web.told), len(mail.told)) == (2, 2)


def test_a_standstill_that_begins_after_a_start_is_told_anew(web: Receiver, tmp_path: Path, engine: Engine) -> None:
    life = Life(engine, tmp_path, mimawari_webhook_url=web.url, slack=False)
    life.lasts(30, rounds=False)
    life.lasts(5)
    starts_again(life, engine, tmp_path, web.url).lasts(30, rounds=False)
    assert ["No round has been completed" in one for one in words(web)] == [True, False, True]


def test_a_database_that_is_away_keeps_nobody_from_being_told(web: Receiver, tmp_path: Path, engine: Engine) -> None:
    life = Life(engine, tmp_path, mimawari_webhook_url=web.url, slack=False)
    with away(engine):
        life.lasts(30, rounds=False)
    assert len(web.told) == 1
    life.lasts(5, rounds=False)
    starts_again(life, engine, tmp_path, web.url).lasts(30, rounds=False)
    assert len(web.told) == 1


def test_what_was_told_just_before_the_end_is_kept(engine: Engine) -> None:
    memory = Memory(engine)
    memory.start()
    memory.note("webhook", Change(ROUND, START))
    memory.stop()
    assert Memory(engine).told(["webhook"], [ROUND]) == {"webhook": {ROUND: START}}


def test_mail_goes_out_beside_an_address_that_is_away(mail: Receiver, tmp_path: Path, engine: Engine) -> None:
    addresses = {"mimawari_webhook_url": "http://127.0.0.1:9/secret-key", "mimawari_smtp_url": mail.url}
    readers = ["ops@firm.example", "boss@firm.example"]
    with capture_logs() as lines:
        Life(engine, tmp_path, slack=False, email_to=readers, **addresses).lasts(30, rounds=False)
    (told,) = mail.told
    message = email.message_from_string(told, policy=default)
    assert (message["To"], message["Subject"]) == (
        "ops@firm.example, boss@firm.example",
        "mimawari: something stands still",
    )
    assert "No round has been completed" in message.get_content()
    assert "secret-key" not in str(lines)


def test_after_each_good_round_the_ping_is_sent_and_after_no_other(
    web: Receiver, tmp_path: Path, engine: Engine
) -> None:
    life = Life(engine, tmp_path, mimawari_ping_url=web.url)
    life.lasts(10)
    life.lasts(10, troubled=("sync",))
    life.lasts(5, troubled=("rules",))
    assert web.told == ["GET /secret-key"] * 3


def test_a_ping_that_fails_is_said_once_without_its_address(tmp_path: Path, engine: Engine) -> None:
    life = Life(engine, tmp_path, mimawari_ping_url="http://127.0.0.1:9/secret-key")
    with capture_logs() as lines:
        life.lasts(15)
    assert [(line["event"], line["reason"]) for line in lines] == [("ping not sent", "ConnectionError")]


def test_nothing_runs_beside_the_service_where_nobody_is_to_be_told(tmp_path: Path, engine: Engine) -> None:
    life = Life(engine, tmp_path)
    assert (life.watching.alarm, life.watching.pulse) == (None, None)


def test_mail_without_a_server_is_a_mistake_in_the_settings(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(SettingsWrong, match="MIMAWARI_SMTP_URL"):
        Life(engine, tmp_path, email_to=["ops@firm.example"])


def test_a_wrong_address_is_named_by_its_key_only(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(SettingsWrong, match="MIMAWARI_PING_URL") as caught:
        Life(engine, tmp_path, mimawari_ping_url="alarm.example/secret-key")
    assert "secret-key" not in str(caught.value)


def test_a_round_tells_which_steps_it_could_not_make(tmp_path: Path) -> None:
    """Without a CRM and before any sync, a round ends before it made a step."""
    heard: list[Any] = []
    Rounds(Parts(make_settings(tmp_path), pause=lambda _seconds: None), heard.append).make()
    assert heard == []
