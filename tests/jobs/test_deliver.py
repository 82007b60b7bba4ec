"""The outbox towards Slack: every message once, also when answers are lost."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, Row, select

from jobs.database import writing
from jobs.deliver import Desk, Prepared, Sent, Target, deliver, edit, fingerprint
from jobs.ledger import audit, deliveries
from jobs.ledger.tables import deliveries as table
from jobs.ledger.tables import findings as findings_table
from jobs.readers import Readers
from jobs.reminder_policy import Moment
from slack_app.courier import Message, Posted
from slack_app.errors import DeliveryUnknown, SlackDisconnected, SlackRefused, SlackUnavailable
from tests.jobs.ledger_builders import at, decide_message, see
from tests.jobs.standins import StandInCourier
from tests.jobs.test_remind import POLICY

NOW, EVENING = at("11-24 09:00"), at("11-24 20:00")
LOST = DeliveryUnknown("Slack's answer was lost.")
AWAY = SlackUnavailable("Slack cannot be reached.")


@dataclasses.dataclass
class Words:
    """What every message says now; None: nothing is left to say."""

    text: str | None = "2 件あります"
    settled: bool = False
    stand_in: str | None = None
    waited: list[float] = dataclasses.field(default_factory=list[float])

    def desk(self, courier: StandInCourier) -> Desk:
        return Desk(courier, self._prepare, lambda row: self.stand_in or row.owner_id, self._target, self.waited.append)

    def _prepare(self, row: Row[Any], target: Target) -> Prepared | None:
        return None if self.text is None else Prepared(Message(self.text, []), self.settled)

    def _target(self, row: Row[Any]) -> Target | None:
        return None if row.conversation == "owner:gone" else Target(row.conversation, "ja", fallback=False)


def rows(engine: Engine) -> Sequence[Row[Any]]:
    with writing(engine) as connection:
        return connection.execute(select(table).order_by(table.c.created_at, table.c.conversation)).all()


def send(
    engine: Engine,
    courier: StandInCourier,
    words: Words | None = None,
    *,
    now: datetime = NOW,
    quiet: Collection[str] = (),
    zones: Mapping[str, ZoneInfo] = {},
) -> Sent:
    return deliver(engine, (words or Words()).desk(courier), now, Readers(Moment(now, POLICY), quiet, zones))


def test_a_pending_message_is_posted_and_remembered(engine: Engine) -> None:
    decide_message(engine, "owner:41")
    courier = StandInCourier()
    assert send(engine, courier).posted == 1
    (row,) = rows(engine)
    assert (row.state, row.channel, row.ts, row.attempts) == ("sent", "owner:41", "1.0", 1)
    assert courier.posted[0][2] == row.id


def test_nothing_is_sent_twice(engine: Engine) -> None:
    decide_message(engine, "owner:41")
    courier = StandInCourier()
    send(engine, courier)
    assert send(engine, courier) == Sent()
    assert (len(courier.posted), courier.edits) == (1, [])


def test_outside_working_hours_nothing_is_posted(engine: Engine) -> None:
    decide_message(engine, "owner:41")
    courier = StandInCourier()
    sent = send(engine, courier, now=EVENING)
    assert (sent.posted, [why for _, why in sent.held], courier.asked) == (0, ["outside_hours"], [])
    assert rows(engine)[0].state == "pending"


def test_what_was_sent_is_edited_also_outside_working_hours(engine: Engine) -> None:
    decide_message(engine, "owner:41")
    courier = StandInCourier()
    send(engine, courier)
    assert send(engine, courier, Words("解決しました"), now=EVENING).updated == 1
    assert courier.edits[0][0] == Posted("owner:41", "1.0")


def test_a_settled_message_is_never_touched_again(engine: Engine) -> None:
    decide_message(engine, "owner:41")
    courier = StandInCourier()
    send(engine, courier, Words(settled=True))
    assert send(engine, courier, Words("something else")) == Sent()


def test_a_message_with_nothing_left_to_say_is_never_sent(engine: Engine) -> None:
    decide_message(engine, "owner:41")
    courier = StandInCourier()
    send(engine, courier, Words(text=None))
    assert (courier.posted, rows(engine)[0].state) == ([], "obsolete")


def test_a_lost_answer_whose_message_arrived_is_found_and_not_repeated(engine: Engine) -> None:
    decide_message(engine, "owner:41")
    courier = StandInCourier(troubles=[LOST], lost_after=True)
    assert send(engine, courier) == Sent(posted=1)
    assert send(engine, courier) == Sent()
    assert (len(courier.posted), rows(engine)[0].state, rows(engine)[0].ts) == (1, "sent", "1.0")


def test_a_lost_answer_whose_message_is_nowhere_is_looked_for_twice_and_sent_again(engine: Engine) -> None:
    decide_message(engine, "owner:41")
    courier, words = StandInCourier(troubles=[LOST]), Words()
    assert send(engine, courier, words) == Sent(failed=1)
    assert (len(courier.asked), words.waited) == (2, [1.0])
    assert send(engine, courier, words) == Sent(posted=1)
    assert len(courier.posted) == 1


def test_a_message_that_slack_posts_after_both_looks_is_not_doubled(engine: Engine) -> None:
    delivery_id = decide_message(engine, "owner:41")
    courier = StandInCourier(troubles=[LOST])
    send(engine, courier)
    assert rows(engine)[0].state == "unknown"
    courier.post("owner:41", Message("2 件あります", []), delivery_id)
    assert send(engine, courier) == Sent()
    assert (len(courier.posted), rows(engine)[0].state) == (1, "sent")


@pytest.mark.parametrize("arrived", [True, False])
def test_a_crash_while_sending_neither_loses_nor_doubles(engine: Engine, arrived: bool) -> None:
    delivery_id = decide_message(engine, "owner:41")
    with writing(engine) as connection:
        deliveries.claim(connection, delivery_id, NOW)
    courier = StandInCourier()
    if arrived:
        courier.post("owner:41", Message("2 件あります", []), delivery_id)
    send(engine, courier)
    assert (len(courier.posted), rows(engine)[0].state) == (1, "sent")


def test_a_message_found_again_marks_its_findings_as_told(engine: Engine) -> None:
    see(engine, {"501": "41"}, NOW)
    delivery_id = decide_message(engine, "owner:41", finding_ids=[1])
    with writing(engine) as connection:
        deliveries.claim(connection, delivery_id, NOW)
    courier = StandInCourier()
    courier.post("owner:41", Message("2 件あります", []), delivery_id)
    send(engine, courier)
    with writing(engine) as connection:
        assert connection.execute(select(findings_table.c.state)).scalar() == "reminded"
        assert [entry["action"] for entry in audit.read(connection)][-1] == "message.sent"


@pytest.mark.parametrize("away", [AWAY, SlackDisconnected("invalid_auth")])
def test_slack_away_leaves_everything_pending_and_stops(engine: Engine, away: Exception) -> None:
    decide_message(engine, "owner:41")
    decide_message(engine, "owner:42")
    courier = StandInCourier(troubles=[away])  # pyright: ignore[reportArgumentType] # both are SlackErrors
    sent = send(engine, courier)
    assert (sent.posted, sent.failed, sent.trouble) == (0, 1, str(away))
    assert [row.state for row in rows(engine)] == ["pending", "pending"]
    assert send(engine, courier).posted == 2


def test_where_slack_takes_no_more_posts_for_now_edits_go_on(engine: Engine) -> None:
    decide_message(engine, "owner:41")
    courier = StandInCourier(troubles=[None, SlackUnavailable("Slack takes no more calls.", retry_after=30), None])
    send(engine, courier)
    decide_message(engine, "owner:42")
    sent = send(engine, courier, Words("解決しました"))
    assert (sent.posted, sent.updated, sent.trouble) == (0, 1, "Slack takes no more calls.")


def test_a_refused_message_fails_alone(engine: Engine) -> None:
    decide_message(engine, "owner:41")
    decide_message(engine, "owner:42")
    courier = StandInCourier(troubles=[SlackRefused("Slack refuses chat.postMessage.", "is_archived")])
    assert send(engine, courier) == Sent(posted=1, failed=1)
    assert [(row.state, row.settled) for row in rows(engine)] == [("failed", True), ("sent", False)]


def test_a_message_without_a_conversation_fails_alone(engine: Engine) -> None:
    decide_message(engine, "owner:gone")
    decide_message(engine, "owner:42")
    assert send(engine, StandInCourier()) == Sent(posted=1, failed=1)


def test_a_refusal_to_look_for_a_message_keeps_it_in_doubt(engine: Engine) -> None:
    class Deaf(StandInCourier):
        def find(self, channel: str, delivery_id: str, since: Any, thread: str | None = None) -> Posted | None:
            raise SlackRefused("The Slack app lacks the scope im:history.", "missing_scope")

    decide_message(engine, "owner:41")
    decide_message(engine, "owner:42")
    sent = send(engine, Deaf(troubles=[LOST]))
    assert (sent.posted, sent.failed) == (1, 1)
    assert [row.state for row in rows(engine)] == ["unknown", "sent"]


def test_a_refused_edit_of_a_message_that_is_gone_gives_it_up(engine: Engine) -> None:
    decide_message(engine, "owner:41")
    courier = StandInCourier(troubles=[None, SlackRefused("Slack refuses chat.update.", "message_not_found")])
    send(engine, courier)
    assert send(engine, courier, Words("another text")).failed == 1
    assert (rows(engine)[0].settled, rows(engine)[0].superseded) == (True, True)


def test_an_edit_whose_answer_is_lost_is_made_again(engine: Engine) -> None:
    decide_message(engine, "owner:41")
    courier = StandInCourier(troubles=[None, LOST])
    send(engine, courier)
    assert send(engine, courier, Words("another text")).failed == 1
    assert send(engine, courier, Words("another text")).updated == 1


def test_a_persons_act_edits_its_messages_at_once(engine: Engine) -> None:
    decide_message(engine, "owner:41")
    courier = StandInCourier()
    send(engine, courier)
    assert edit(engine, Words("確認済み").desk(courier), rows(engine)).updated == 1


def test_every_message_is_audited_with_its_reason(engine: Engine) -> None:
    delivery_id = decide_message(engine, "owner:41")
    send(engine, StandInCourier())
    with writing(engine) as connection:
        (entry,) = audit.read(connection)
    assert (entry["after"], entry["reason"]) == ("digest owner:41", "first")
    assert entry["correlation"] == f"delivery {delivery_id}"


def test_the_fingerprint_tells_words_apart_but_not_the_order_of_keys() -> None:
    one = Message("x", [{"type": "divider", "block_id": "a"}])
    assert fingerprint(one) == fingerprint(Message("x", [{"block_id": "a", "type": "divider"}]))
    assert fingerprint(one) != fingerprint(Message("x", [{"type": "divider", "block_id": "b"}]))
    assert fingerprint(one) != fingerprint(Message("y", [{"type": "divider", "block_id": "a"}]))


def test_a_lost_message_that_a_later_one_took_over_is_not_sent_any_more(engine: Engine) -> None:
    delivery_id = decide_message(engine, "owner:41")
    with writing(engine) as connection:
        deliveries.mark(connection, delivery_id, state="unknown", superseded=True)
    courier = StandInCourier()
    assert send(engine, courier).posted == 0
    assert (rows(engine)[0].state, courier.posted) == ("obsolete", [])
