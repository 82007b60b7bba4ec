"""Who answers for a rule is told when it wants to write more than its cap allows, once, until it no longer does."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from jobs.admit import Cap
from jobs.database import writing
from jobs.ledger import rule_sets
from jobs.rule_news import Audience, send
from jobs.wiring import Parts
from rules.model import RuleSet, family_of


def tell_over_cap(parts: Parts, rule_set: RuleSet, capped: Sequence[Cap], now: datetime) -> None:
    """`capped` are all rules that are over their cap now; for the others, what was said before is over."""
    subjects = {_subject(cap.rule): cap for cap in capped}
    with writing(parts.engine) as connection:
        said = rule_sets.unmended(connection, rule_sets.OVER_CAP)
        rule_sets.mend(connection, [row for row in said if row.subject not in subjects], now)
        for subject in sorted(subjects.keys() - {row.subject for row in said}):
            cap = subjects[subject]
            rule = next(one for one in rule_set.rules if family_of(one.id) == cap.rule)
            title = {"ja": rule.title.in_language("ja"), "en": rule.title.in_language("en")}
            detail = {"rule": cap.rule, "title": title, "limit": cap.limit, "wanted": cap.wanted, "count": cap.wanted}
            news_id = rule_sets.add(connection, rule_sets.OVER_CAP, subject, detail, now)
            owner = parts.people().named(rule.owner) if rule.owner else None
            send(parts, connection, Audience(f"cap-{subject[:8]}", owner), rule_sets.OVER_CAP, news_id, now)


def _subject(rule: str) -> str:
    """A rule's id may be longer than what makes news."""
    return hashlib.sha256(rule.encode()).hexdigest()[:16]
