"""A month of reminders equals the script in `month.md`, line by line; its first week in every check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.month import OWNERS, Month, firms_own_rules, month_portal, read_script
from tests.journeys.stage import Stage, running_stand_ins

ALL_DAY = ("02:00", "08:30", "09:00", "09:30", "13:00", "18:00", "20:00")


@pytest.fixture
def month(sqlite_url: str, stand_ins: object, tmp_path: Path) -> Iterator[Month]:
    """On stand-ins of its own, with a portal of its own. (The shared ones have seen to proxies.)"""
    with running_stand_ins(month_portal) as own:
        stage = Stage(own, sqlite_url, tmp_path)
        firms_own_rules(stage)
        yield Month(stage, own.slack_control)
        stage.close()


def first_week(month: Month) -> None:
    month.rounds("11-20", "09:00", "09:30", "18:00")
    month.in_slack("11-20 18:30", "東海林", "acknowledges", "馬場", lambda s, v, i, a: s.acknowledge(v, [i], a))
    month.rounds("11-20", "20:00")
    month.rounds("11-21", "10:00")
    month.in_crm("11-22 09:00", "藤井", "is nobody's", hubspot_owner_id="")
    month.rounds("11-22", "10:00")
    month.rounds("11-23", "10:00")
    month.rounds("11-24", "09:00", "09:30")
    month.in_crm("11-24 11:00", "土井", "is attempted", hs_lead_status="ATTEMPTED_TO_CONTACT")
    month.rounds("11-24", "13:00")
    month.applies_plan("11-24 14:00", "清家")
    month.rounds("11-24", "18:00", "20:00")
    month.slack_is("11-25 08:00", away=True)
    month.rounds("11-25", "09:00", "09:30")
    month.leaves("11-25 12:00", "久保田")
    month.rounds("11-25", "13:00", "18:00")
    month.slack_is("11-25 23:59", away=False)
    month.rounds("11-26", "00:30", "09:00", "09:30")
    month.in_crm("11-26 14:00", "藤井", "is 北条's", hubspot_owner_id=OWNERS["北条"])
    month.in_crm("11-26 14:01", "千葉", "is 北条's", hubspot_owner_id=OWNERS["北条"])
    month.rounds("11-26", "18:00")
    month.rounds("11-27", "10:00")


def the_rest(month: Month) -> None:
    month.rounds("11-28", "10:00", "18:00")
    month.rounds("11-29", "10:00")
    month.rounds("11-30", "08:30", "09:00", "09:30")
    month.in_crm("11-30 10:00", "江口", "asks again", hs_lead_status="NEW")
    month.rounds("11-30", "13:00", "18:00", "20:00")
    month.rounds("12-01", *ALL_DAY[:5])
    month.applies_plan("12-01 14:00", "清家")
    month.rounds("12-01", *ALL_DAY[5:])
    month.rounds("12-02", "08:30", "09:00", "09:30")
    month.in_slack("12-02 13:30", "小鳥遊", "snoozes 3d", "江口", lambda s, v, i, a: s.snooze(v, [i], "3d", a))
    month.rounds("12-02", "18:00", "20:00")
    month.rounds("12-03", "02:00", "09:00", "09:30")
    month.gets_a_deal("12-03 11:00", "相沢")
    month.rounds("12-03", "13:00", "18:00")
    month.rounds("12-04", "09:00", "09:30")
    month.in_slack("12-04 10:00", "北条", "acknowledges", "千葉", lambda s, v, i, a: s.acknowledge(v, [i], a))
    month.gets_a_deal("12-04 11:00", "馬場")
    month.rounds("12-04", "13:00", "18:00", "20:00")
    month.rounds("12-05", "10:00")
    month.rounds("12-06", "10:00")
    month.wants_quiet("12-07 08:00", "北条", "09:00", "12:00")
    month.rounds("12-07", "08:30", "09:00", "09:30", "13:00", "18:00")
    month.rounds("12-08", "09:00", "09:30")
    month.in_crm("12-08 11:00", "江口", "is attempted", hs_lead_status="ATTEMPTED_TO_CONTACT")
    month.gets_a_deal("12-08 11:01", "千葉")
    month.gets_a_deal("12-08 11:02", "藤井")
    month.rounds("12-08", "13:00")
    month.applies_plan("12-08 14:00", "清家")
    month.rounds("12-08", "18:00")
    for day in ("12-09", "12-10", "12-11", "12-14", "12-15", "12-16", "12-17", "12-18"):
        month.rounds(day, "09:00", "09:30", "13:00")


FIRST_WEEK = "11-27"


@pytest.mark.parametrize(
    ("until", "weeks"),
    [(FIRST_WEEK, [first_week]), pytest.param("12-31", [first_week, the_rest], marks=pytest.mark.soak)],
)
def test_people_hear_what_the_script_says_and_nothing_else(
    month: Month, until: str, weeks: list[Callable[[Month], None]]
) -> None:
    for week in weeks:
        week(month)
    expected = [line for line in read_script() if line[0][:5] <= until]
    assert sorted(month.lines) == sorted(expected)
