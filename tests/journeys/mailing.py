"""A process that sends what was decided, killed again and again on the way, each time after another number of steps.

A step is a call to Slack, before it is made and after Slack has done it, or a commit. It prints at which step each start
died, and comes to its end with the first start that does.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping
from itertools import cycle
from typing import Any

from sqlalchemy import Connection, event

from jobs.database import open_database
from slack_app.web_courier import WebCourier
from tests.journeys.mailroom import Mailroom

# More steps than a message takes from one commit to the next, so that every start but the shortest gets further.
_LONGEST = 17


class Steps:
    """Counts down to the death of the process."""

    def __init__(self, told: int) -> None:
        self._left, self._told = 0, told

    def begin(self, left: int) -> None:
        self._left = left

    def take(self, name: str) -> None:
        self._left -= 1
        if self._left == 0:
            os.write(self._told, f"{name}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)


def mortal(steps: Steps) -> type[WebCourier]:
    class Mortal(WebCourier):
        def _call(self, method: str, arguments: Mapping[str, Any], channel: str | None = None) -> Mapping[str, Any]:
            steps.take(f"before {method}")
            answer = super()._call(method, arguments, channel)
            steps.take(f"after {method}")
            return answer

    return Mortal


def mail(database_url: str, slack: Mapping[str, Any], owners: int) -> None:
    engine = open_database(database_url)
    steps = Steps(sys.stdout.fileno())
    room = Mailroom(engine, slack, owners, mortal(steps))

    def commits(_connection: Connection) -> None:
        steps.take("before commit")

    event.listen(engine, "commit", commits)
    engine.dispose()
    for left in cycle(range(1, _LONGEST)):
        child = os.fork()
        if child == 0:
            steps.begin(left)
            room.round()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if code != -signal.SIGKILL:
            sys.exit(code)


if __name__ == "__main__":
    mail(sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3]))
