from __future__ import annotations

import threading

from connector.limits import CallLimits, RollingWindow


class FakeTime:
    """Stands still unless someone sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def make_limits(time: FakeTime, calls: int = 190, reserve: int = 5, searches: int = 4) -> CallLimits:
    return CallLimits(calls, reserve, searches, time, time.sleep)


def test_calls_within_the_budget_never_wait() -> None:
    time = FakeTime()
    limits = make_limits(time)
    for _ in range(185):
        limits.wait_for_call()
    assert time.now == 1000.0


def test_the_call_beyond_the_budget_waits_for_the_first_place_to_come_free() -> None:
    time = FakeTime()
    limits = make_limits(time, calls=15, reserve=5)
    for _ in range(10):
        limits.wait_for_call()
        time.now += 0.5
    limits.wait_for_call()
    assert 10.0 <= time.now - 1000.0 <= 10.1


def test_no_window_of_ten_seconds_ever_holds_more_than_the_budget() -> None:
    time = FakeTime()
    limits = make_limits(time, calls=25, reserve=5)
    sent: list[float] = []
    for _ in range(200):
        limits.wait_for_call()
        sent.append(time.now)
        time.now += 0.013
    assert max(sum(1 for other in sent if at <= other < at + 10) for at in sent) == 20


def test_searches_are_held_to_four_a_second_and_do_not_use_up_other_calls() -> None:
    time = FakeTime()
    limits = make_limits(time, calls=6, reserve=5)
    for _ in range(9):
        limits.wait_for_search()
    assert 2.0 <= time.now - 1000.0 <= 2.2
    limits.wait_for_call()
    assert time.now - 1000.0 <= 2.2


def test_a_smaller_plan_is_learnt_from_the_first_answer() -> None:
    time = FakeTime()
    limits = make_limits(time)
    limits.wait_for_call()
    limits.observe({"X-HubSpot-RateLimit-Max": "100", "X-HubSpot-RateLimit-Remaining": "99"})
    for _ in range(94):
        limits.wait_for_call()
    assert time.now == 1000.0
    limits.wait_for_call()
    assert time.now >= 1010.0


def test_calls_of_strangers_with_the_same_token_take_places() -> None:
    time = FakeTime()
    limits = make_limits(time)
    limits.wait_for_call()
    # 190 − 90 = 100 used, one of them ours: of the 185 places 85 are left.
    limits.observe({"X-HubSpot-RateLimit-Max": "190", "X-HubSpot-RateLimit-Remaining": "90"})
    for _ in range(85):
        limits.wait_for_call()
    assert time.now == 1000.0
    limits.wait_for_call()
    assert time.now >= 1010.0


def test_answers_without_the_headers_change_nothing() -> None:
    time = FakeTime()
    limits = make_limits(time)
    limits.observe({"Content-Type": "application/json"})
    for _ in range(185):
        limits.wait_for_call()
    assert time.now == 1000.0


def test_threads_share_one_budget() -> None:
    window = RollingWindow(10, 10.0, lambda: 5.0)
    waits: list[float] = []
    threads = [threading.Thread(target=lambda: waits.append(window.reserve())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(round(wait) for wait in waits) == [0] * 10 + [10] * 10
