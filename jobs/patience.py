"""How the service waits for the CRM and for Slack: as long as they ask, but no longer than it is wanted itself."""

from __future__ import annotations

import threading

from connector.errors import CrmUnavailable
from slack_app.errors import SlackUnavailable

_STOPPING = "The service is stopping. Nothing was lost; the next run goes on here."


class Patience:
    """A wait that is cut off ends like a call that failed: whoever waits knows what to do then."""

    def __init__(self) -> None:
        self._over = threading.Event()

    def end(self) -> None:
        """Nobody waits any more, neither now nor later."""
        self._over.set()

    def for_crm(self, seconds: float) -> None:
        if self._over.wait(seconds):
            raise CrmUnavailable(_STOPPING)

    def for_slack(self, seconds: float) -> None:
        if self._over.wait(seconds):
            raise SlackUnavailable(_STOPPING)
