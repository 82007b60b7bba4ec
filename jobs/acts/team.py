"""What managers and admins see of everybody: who has how much open, how the queues stand, what is wrong with the rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, select

from jobs.database import snapshot
from jobs.ledger import rule_sets, runs
from jobs.ledger.tables import findings
from jobs.wiring import Parts
from rules.model import RuleSet, family_of
from slack_app.home_view import MemberLine, RuleHealth

# From then on the owner has been reminded a second time.
_OVERDUE_DAYS = 2
_WAITING = ("open", "reminded", "escalated")


def members(parts: Parts, now: datetime) -> tuple[MemberLine, ...]:
    """Everybody for whom something is open, most overdue first. What somebody put to rest is open, but not overdue."""
    rule_set, people = parts.rules(), parts.people()
    heard = [rule for rule, urgency in parts.urgencies(rule_set).items() if not urgency.silent]
    late = findings.c.state.in_(_WAITING) & (findings.c.opened_at < rule_set.calendar.cutoff(now, _OVERDUE_DAYS))
    query = (
        select(findings.c.owner_id, func.count(), func.sum(case((late, 1), else_=0)))
        .where(findings.c.open_key.is_not(None), findings.c.rule.in_(heard))
        .group_by(findings.c.owner_id)
    )
    with snapshot(parts.engine) as connection:
        rows = connection.execute(query).all()
    lines = [MemberLine(_name(people.person(owner)), number, int(overdue)) for owner, number, overdue in rows]
    return tuple(sorted(lines, key=lambda line: (-line.overdue, -line.number, line.name or "")))


def rule_health(parts: Parts, language: str) -> RuleHealth:
    rule_set = parts.rules()
    with snapshot(parts.engine) as connection:
        return RuleHealth(_mistakes(connection), _capped(runs.last(connection, "cycle"), rule_set, language))


def _name(person: Any) -> str | None:
    return person.name if person is not None else None


def _mistakes(connection: Connection) -> int:
    news = rule_sets.newest(connection, rule_sets.BROKEN)
    return 0 if news is None or news.mended_at is not None else int(news.detail["count"])


def _capped(last: Row[Any] | None, rule_set: RuleSet, language: str) -> tuple[str, ...]:
    """The titles of rules that wanted to write more than they may, in the last round."""
    summary: Mapping[str, Any] = (last.summary if last is not None else None) or {}
    capped: set[str] = {str(one["rule"]) for one in summary.get("problems", ()) if one.get("rule")}
    titles = {family_of(rule.id): rule.title.in_language(language) for rule in rule_set.rules}
    return tuple(titles.get(family, family) for family in sorted(capped))
