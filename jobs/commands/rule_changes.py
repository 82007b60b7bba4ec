"""The commands about changed rule files: what they would change now, and would have done before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from jobs.adopt import differences_to, refuse_unread, schema_of
from jobs.backtest import LONGEST_DAYS, Ground, Period, backtest
from jobs.errors import RulesWrong, SettingsWrong
from jobs.output import Answer
from jobs.wiring import Parts
from rules.load import load

Progress = Callable[[str, int, int | None], None]

_BACKTEST_DAYS = 30


def compare(parts: Parts, path: Path | None) -> Answer:
    """What the rule files of a folder would change now, beside the set that the last round was made with."""
    loaded = load(path or parts.settings.rules_folder, parts.catalogue(), parts.fields)
    if loaded.rule_set is None:
        raise RulesWrong(loaded.errors)
    differences = differences_to(parts, loaded.rule_set, parts.clock())
    document = {"version": loaded.rule_set.version, "differences": [one.as_json() for one in differences]}
    return Answer(document)


def backtest_rules(parts: Parts, path: Path | None, first: str | None, last: str | None, progress: Progress) -> Answer:
    """Replay recorded history against the rule files of a folder. Changes nothing."""
    loaded = load(path or parts.settings.rules_folder, parts.catalogue(), parts.fields)
    if loaded.rule_set is None:
        raise RulesWrong(loaded.errors)
    rule_set = loaded.rule_set
    refuse_unread(parts, rule_set)
    today = rule_set.calendar.local_date(parts.clock())
    until = _day(last, "--to") if last else today
    since = _day(first, "--from") if first else until - timedelta(days=_BACKTEST_DAYS)
    if not since <= until <= today or (until - since).days > LONGEST_DAYS:
        raise SettingsWrong(
            f"From {since} to {until}: choose a period of at most {LONGEST_DAYS} days that ends by today, {today}."
        )
    schema = schema_of(parts, rule_set)
    ground = Ground(parts.engine, schema, parts.people())
    period = Period(since, until, parts.settings.file.reminders.digest_at)
    return Answer(backtest(ground, rule_set, period, progress))


def _day(words: str, option: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise SettingsWrong(f"{option} {words}: give a day, such as 2026-11-20.") from None
