from __future__ import annotations

import pytest

from connector.failures import Failure, Trouble
from connector.retry import wait_before_repeat


@pytest.mark.parametrize(
    ("trouble", "attempt", "seconds"),
    [
        (Trouble.SECONDLY, 1, 1.0),
        (Trouble.SECONDLY, 3, 3.0),  # one second more each time, as the vendor's own client does
        (Trouble.TEN_SECONDLY, 1, 2.5),
        (Trouble.TEN_SECONDLY, 2, 5.0),
        (Trouble.TEN_SECONDLY, 5, 10.0),  # after ten seconds every place has come free
        (Trouble.LOCKED, 1, 2.0),  # at least two seconds, says the vendor
        (Trouble.DOWN, 1, 0.5),
        (Trouble.DOWN, 4, 4.0),  # 0.5 × 2³
        (Trouble.DOWN, 9, 10.0),
        (Trouble.DROPPED, 2, 1.0),
        (Trouble.NOT_SENT, 1, 0.5),
        (Trouble.UNREADABLE, 2, 1.0),
        (Trouble.UNREADABLE, 3, None),  # the third time it is no accident
        (Trouble.DAILY, 1, None),
        (Trouble.MOVING, 1, None),  # up to 24 hours: without a time to wait, the next run tries
        (Trouble.TOKEN, 1, None),
        (Trouble.SCOPE, 1, None),
        (Trouble.REFUSED, 1, None),
    ],
)
def test_the_wait_depends_on_what_went_wrong(trouble: Trouble, attempt: int, seconds: float | None) -> None:
    assert wait_before_repeat(Failure(trouble), attempt, repeatable=True) == seconds


@pytest.mark.parametrize("trouble", [Trouble.DOWN, Trouble.DROPPED, Trouble.UNREADABLE])
def test_what_may_have_happened_is_not_done_twice(trouble: Trouble) -> None:
    assert wait_before_repeat(Failure(trouble), 1, repeatable=False) is None


@pytest.mark.parametrize("trouble", [Trouble.SECONDLY, Trouble.TEN_SECONDLY, Trouble.LOCKED, Trouble.NOT_SENT])
def test_what_cannot_have_happened_is_sent_again_even_where_twice_would_hurt(trouble: Trouble) -> None:
    assert wait_before_repeat(Failure(trouble), 1, repeatable=False) is not None


def test_a_time_given_by_the_crm_is_obeyed() -> None:
    assert wait_before_repeat(Failure(Trouble.MOVING, 477, retry_after=30.0), 1, repeatable=True) == 30.0
    assert wait_before_repeat(Failure(Trouble.SECONDLY, 429, retry_after=7.0), 1, repeatable=True) == 7.0
