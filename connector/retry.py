"""Whether a failed call is sent again, and after how many seconds."""

from __future__ import annotations

from connector.failures import Failure, Trouble

# The CRM did not look at the request: sending it again cannot do anything twice.
_NOT_DONE = {Trouble.SECONDLY, Trouble.TEN_SECONDLY, Trouble.LOCKED, Trouble.MOVING, Trouble.NOT_SENT}

# The CRM may have acted before the answer was lost.
_PERHAPS_DONE = {Trouble.DOWN, Trouble.DROPPED, Trouble.UNREADABLE}

_UNREADABLE_TRIES = 3
_LONGEST_PAUSE = 10.0


def wait_before_repeat(failure: Failure, attempt: int, *, repeatable: bool) -> float | None:
    """Seconds to wait after the `attempt`-th try failed; None: do not send it again.

    `repeatable` says that doing the request twice equals doing it once.
    """
    trouble = failure.trouble
    if trouble not in _NOT_DONE and not (repeatable and trouble in _PERHAPS_DONE):
        return None
    if trouble is Trouble.UNREADABLE and attempt >= _UNREADABLE_TRIES:
        return None
    if trouble is Trouble.MOVING and failure.retry_after is None:
        return None
    least = failure.retry_after or 0.0
    return max(least, _pause(trouble, attempt))


def _pause(trouble: Trouble, attempt: int) -> float:
    match trouble:
        case Trouble.SECONDLY:
            return min(1.0 * attempt, _LONGEST_PAUSE)
        case Trouble.TEN_SECONDLY:
            # Places of a rolling window come free all the time; the whole ten seconds are seldom needed.
            return min(2.5 * 2 ** (attempt - 1), _LONGEST_PAUSE)
        case Trouble.LOCKED:
            return 2.0 * attempt
        case _:
            return min(0.5 * 2 ** (attempt - 1), _LONGEST_PAUSE)
