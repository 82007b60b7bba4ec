"""Makes rounds one at a time and says once when they fail and once when they work again."""

from __future__ import annotations

from collections.abc import Callable, Collection

import structlog

from connector.errors import CrmError
from jobs.cycle import Problem, Progress, quiet, run_cycle
from jobs.errors import Busy, JobError
from jobs.wiring import Parts
from slack_app.errors import SlackError

log = structlog.get_logger()


class Rounds:
    """`made` hears after each round which steps could not be made; `progress` how far a round is."""

    def __init__(
        self,
        parts: Parts,
        made: Callable[[Collection[str]], None] = lambda _troubled: None,
        progress: Progress = quiet,
    ) -> None:
        self._parts, self._made, self._progress = parts, made, progress
        self._failing: frozenset[str] = frozenset()

    def make(self) -> None:
        """One round. What a person can put right is logged in one line; the service keeps running."""
        try:
            report = run_cycle(self._parts, self._progress)
        except Busy as error:
            # The round is made, by somebody else.
            self._note({type(error).__name__}, str(error))
            self._made(())
        except (JobError, CrmError, SlackError) as error:
            self._note({type(error).__name__}, f"{type(error).__name__}: {error}")
        else:
            self._note({_kind(one) for one in report.problems}, "; ".join(one.message for one in report.problems))
            self._made({one.step for one in report.problems})

    def _note(self, kinds: Collection[str], trouble: str) -> None:
        failing = frozenset(kinds)
        if failing - self._failing:
            log.error("round failed", trouble=trouble)
        if self._failing and not failing:
            log.info("rounds work again")
        self._failing = failing


def _kind(problem: Problem) -> str:
    """What is told anew when it changes: another mistake in a rule file is, another correlation id of the CRM is not."""
    return problem.message if problem.step == "rules" else problem.step
