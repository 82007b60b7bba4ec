"""Our own pace in front of Slack's limits, on a clock that only sleeping moves."""

from __future__ import annotations

import pytest

from slack_app.errors import SlackUnavailable
from slack_app.pacing import TIERS, Pacing


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pacing(clock: Clock) -> Pacing:
    return Pacing(clock.monotonic, clock.sleep)


def test_one_channel_takes_a_short_burst_and_then_a_message_a_second(pacing: Pacing, clock: Clock) -> None:
    for _ in range(13):
        pacing.wait_for("chat.postMessage", "C1")
    assert clock.now == pytest.approx(110)  # 3 at once, 10 more


def test_messages_to_twenty_people_go_out_at_once(pacing: Pacing, clock: Clock) -> None:
    for number in range(20):
        pacing.wait_for("chat.postMessage", f"D{number}")
    assert clock.now == 100


@pytest.mark.parametrize(("method", "tier"), [("chat.update", 50), ("users.info", 100), ("conversations.list", 20)])
def test_no_minute_has_more_calls_than_slacks_tier(pacing: Pacing, clock: Clock, method: str, tier: int) -> None:
    calls = 0
    while clock.now < 160:
        pacing.wait_for(method)
        calls += 1
    assert calls - 1 <= tier
    assert calls > tier * 0.7


def test_a_pause_that_slack_asks_for_holds_for_everybody_and_ends(pacing: Pacing, clock: Clock) -> None:
    pacing.pause("chat.postMessage", 30)
    with pytest.raises(SlackUnavailable) as held:
        pacing.wait_for("chat.postMessage", "C2")
    assert held.value.retry_after == 30
    pacing.wait_for("chat.update")
    clock.now += 30
    pacing.wait_for("chat.postMessage", "C2")


def test_every_method_that_we_call_has_a_pace() -> None:
    assert {"chat.postMessage", "chat.update", "conversations.history", "users.lookupByEmail"} <= set(TIERS)
