"""When a person is left alone, and what is kept of it."""

from __future__ import annotations

from datetime import time

import pytest
from sqlalchemy import Engine

from jobs.database import snapshot, writing
from jobs.ledger import preferences
from slack_app.home_view import Preferences
from tests.jobs.ledger_builders import at

WORKDAYS = frozenset(range(5))
LUNCH = Preferences(quiet_from=time(12), quiet_to=time(13), quiet_days=WORKDAYS)
FRIDAY_NIGHT = Preferences(quiet_from=time(17), quiet_to=time(10), quiet_days=frozenset({4}))


@pytest.mark.parametrize(
    ("chosen", "moment", "quiet"),
    [
        (LUNCH, "11-24 11:59", False),  # a Tuesday
        (LUNCH, "11-24 12:00", True),
        (LUNCH, "11-24 13:00", False),
        (LUNCH, "11-22 12:30", False),  # a Sunday
        (FRIDAY_NIGHT, "11-27 16:59", False),
        (FRIDAY_NIGHT, "11-27 17:00", True),
        (FRIDAY_NIGHT, "11-28 09:59", True),  # Saturday morning is Friday's night
        (FRIDAY_NIGHT, "11-28 10:00", False),
        (FRIDAY_NIGHT, "11-27 09:00", False),  # Friday morning is Thursday's
        (Preferences(), "11-24 12:30", False),
    ],
)
def test_quiet_hours_are_by_the_clock_and_a_night_belongs_to_its_evening(
    chosen: Preferences, moment: str, quiet: bool
) -> None:
    assert preferences.is_quiet(chosen, at(moment)) is quiet


def test_what_a_person_chose_last_is_kept(engine: Engine) -> None:
    with writing(engine) as connection:
        preferences.store(connection, "U41", "41", Preferences(language="en"))
        preferences.store(connection, "U41", "41", LUNCH)
    with snapshot(engine) as connection:
        assert preferences.read(connection, "U41") == LUNCH
        assert preferences.read(connection, "U42") == Preferences()


def test_only_whoever_chose_so_is_left_alone(engine: Engine) -> None:
    with writing(engine) as connection:
        preferences.store(connection, "U41", "41", LUNCH)
        preferences.store(connection, "U42", "42", FRIDAY_NIGHT)
        preferences.store(connection, "U43", "43", Preferences(language="en"))
    with snapshot(engine) as connection:
        assert preferences.quiet_owners(connection, lambda _owner: at("11-24 12:30")) == {"41"}
