"""Every message exactly once, whatever happens to the calls: lost answers, refused connections, pauses, a killed process."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, Row

from jobs.database import writing
from jobs.deliver import Desk, Prepared, Target, deliver
from jobs.ledger import deliveries
from jobs.readers import Readers
from jobs.reminder_policy import Moment
from slack_app.courier import Message, Posted
from slack_app.errors import DeliveryUnknown, SlackUnavailable
from tests.jobs.ledger_builders import at, decide_message
from tests.jobs.standins import StandInCourier
from tests.jobs.test_remind import POLICY

NOW = at("11-24 09:00")


class Killed(BaseException):
    """The process ends here; nothing after it is done."""


class StormyCourier(StandInCourier):
    """Half of all posts and edits go wrong, before or after Slack has done them."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._chance = random.Random(seed)

    def post(self, channel: str, message: Message, delivery_id: str, thread: str | None = None) -> Posted:
        self._storm(lambda: super(StormyCourier, self).post(channel, message, delivery_id, thread))
        return super().post(channel, message, delivery_id, thread)

    def update(self, posted: Posted, message: Message, delivery_id: str) -> None:
        self._storm(lambda: super(StormyCourier, self).update(posted, message, delivery_id))
        super().update(posted, message, delivery_id)

    def _storm(self, done: Callable[[], object]) -> None:
        match self._chance.randrange(10):
            case 0:
                raise SlackUnavailable("Slack has paused the method.", retry_after=1)
            case 1:
                raise DeliveryUnknown("The connection was dropped before Slack had the call.")
            case 2:
                done()
                raise DeliveryUnknown("The connection was dropped after Slack had done it.")
            case 3:
                raise Killed
            case 4:
                done()
                raise Killed
            case _:
                return


def settle(engine: Engine, courier: StormyCourier, words: str) -> None:
    """Rounds, each begun after the one before was cut off or ended, until one has nothing left to do."""

    def prepare(row: Row[object], target: Target) -> Prepared:
        return Prepared(Message(words, []), settled=False)

    def target(row: Row[object]) -> Target:
        return Target(str(row.conversation), "ja", fallback=False)

    desk = Desk(courier, prepare, lambda _row: None, target, lambda _seconds: None)
    for _ in range(10_000):
        try:
            sent = deliver(engine, desk, NOW, Readers(Moment(NOW, POLICY)))
        except Killed:
            continue
        if (sent.posted, sent.updated, sent.failed) == (0, 0, 0):
            return
    raise AssertionError("it never came to rest")


@pytest.mark.parametrize(
    ("owners", "seed"), [(20, 1), (20, 2), *(pytest.param(500, seed, marks=pytest.mark.soak) for seed in range(3, 6))]
)
def test_each_owner_has_one_message_and_it_says_what_is_true_now(engine: Engine, owners: int, seed: int) -> None:
    wanted = {f"owner:{number}" for number in range(owners)}
    for conversation in sorted(wanted):
        decide_message(engine, conversation)
    courier = StormyCourier(seed)
    settle(engine, courier, "2 件あります")
    assert Counter(channel for channel, *_ in courier.posted) == Counter(wanted)
    settle(engine, courier, "すべて対応済みです")
    assert len(courier.posted) == owners
    assert {posted.channel for posted, message in courier.edits if message.text == "すべて対応済みです"} == wanted
    with writing(engine) as connection:
        assert deliveries.to_send(connection) == []
