"""Waiting ends when the service does."""

from __future__ import annotations

import pytest

from connector.errors import CrmUnavailable
from jobs.patience import Patience
from slack_app.errors import SlackUnavailable


def test_a_wait_that_is_over_is_nothing_to_talk_about() -> None:
    Patience().for_crm(0)
    Patience().for_slack(0)


def test_a_service_that_stops_waits_for_nobody() -> None:
    patience = Patience()
    patience.end()
    with pytest.raises(CrmUnavailable, match="stopping"):
        patience.for_crm(3600)
    with pytest.raises(SlackUnavailable, match="stopping"):
        patience.for_slack(3600)
