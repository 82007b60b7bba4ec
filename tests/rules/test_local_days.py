"""Local days in SQL are those of the standard library, also where the clock is changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, select

from connector.columns import Instant, to_milliseconds
from rules.business_calendar import Calendar
from rules.local_days import beginning, day_number, local_day

TODAY = date(2026, 11, 24)
# No change of clock, one of an hour, one of half an hour, one at midnight.
ZONES = ["Asia/Tokyo", "America/New_York", "Australia/Lord_Howe", "America/Asuncion"]
# Every three hours of 2011, and its day numbers.
MOMENTS = [datetime.combine(date(2011, 1, 1), time(), UTC) + timedelta(minutes=170 * n) for n in range(3000)]

moments = Table("moments", MetaData(), Column("at", Instant), Column("day", Integer))


@pytest.fixture
def made(connection: Connection) -> Connection:
    moments.create(connection)
    connection.execute(insert(moments), [{"at": at, "day": day_number(at.date())} for at in MOMENTS])
    return connection


@pytest.mark.parametrize("zone", ZONES)
def test_a_moment_falls_on_its_local_day(made: Connection, zone: str) -> None:
    calendar = Calendar(ZoneInfo(zone))
    rows = made.execute(select(moments.c.at, local_day(moments.c.at, calendar, TODAY)))
    assert [(at, day) for at, day in rows if day != day_number(calendar.local_date(at))] == []


@pytest.mark.parametrize("zone", ZONES)
def test_a_local_day_begins_at_its_midnight(made: Connection, zone: str) -> None:
    calendar = Calendar(ZoneInfo(zone))
    rows = made.execute(select(moments.c.day, beginning(moments.c.day, calendar, TODAY)).distinct()).all()
    # In milliseconds: Python finds a midnight that the clock leaps over equal to nothing.
    begins = {day: to_milliseconds(calendar.start_of(date(1970, 1, 1) + timedelta(days=day))) for day, _ in rows}
    assert {day: to_milliseconds(at) for day, at in rows} == begins
