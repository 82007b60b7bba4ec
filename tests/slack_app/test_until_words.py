"""Until when, as people type it."""

from __future__ import annotations

from datetime import date

import pytest

from slack_app.until_words import Until, read_until

MONDAY, FRIDAY = 0, 4


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1h", Until(hours=1)),
        ("２時間", Until(hours=2)),
        ("3d", Until(days=3)),
        ("３日", Until(days=3)),
        ("3 日後", Until(days=3)),
        ("5 days", Until(days=5)),
        ("1w", Until(days=5)),
        ("１週間", Until(days=5)),
        ("tomorrow", Until(days=1)),
        ("TOMORROW", Until(days=1)),
        ("明日", Until(days=1)),
        ("来週", Until(weekday=MONDAY, next_week=True)),
        ("next  monday", Until(weekday=MONDAY, next_week=True)),
        ("来週月曜", Until(weekday=MONDAY, next_week=True)),
        ("来週の月曜日", Until(weekday=MONDAY, next_week=True)),
        ("金曜", Until(weekday=FRIDAY)),
        ("friday", Until(weekday=FRIDAY)),
        ("2026-12-01", Until(day=date(2026, 12, 1))),
        ("2026/12/1", Until(day=date(2026, 12, 1))),
        ("２０２６年１２月１日", Until(day=date(2026, 12, 1))),
        ("12/1", Until(month_and_day=(12, 1))),
        ("12月1日", Until(month_and_day=(12, 1))),
    ],
)
def test_a_time_is_read_in_every_width_and_script(typed: str, meant: Until) -> None:
    assert read_until(typed) == meant


@pytest.mark.parametrize(
    "typed", ["", "0d", "0h", "soon", "そのうち", "2026-13-01", "12/32", "日", "月", "3", "-3d", "date"]
)
def test_what_names_no_time_is_not_guessed_at(typed: str) -> None:
    assert read_until(typed) is None
