"""Builders for ledger rows: only what matters in a test is named there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from jobs.database import writing
from jobs.ledger import deliveries, findings
from jobs.ledger.findings import Change, Seen
from jobs.ledger.plan_lines import Line

TOKYO = ZoneInfo("Asia/Tokyo")


def at(text: str) -> datetime:
    """`11-24 09:30` of 2026 in Tokyo. 11-21 and 11-22 are a weekend, 11-23 is a holiday, 11-24 a Tuesday."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=TOKYO)


def make_seen(
    receivers: Mapping[str, str | None],
    *,
    rule: str = "l1",
    version: str = "v1-of-this-rule",
    only: Sequence[str] | None = None,
) -> Seen:
    return Seen(rule, rule.upper(), version, receivers, {}, {}, only)


def see(
    engine: Engine,
    receivers: Mapping[str, str | None],
    now: datetime,
    *,
    rule: str = "l1",
    version: str = "v1-of-this-rule",
    only: Sequence[str] | None = None,
    gone: Mapping[str, str] | None = None,
    reopen_after: datetime | None = None,
) -> Change:
    seen = make_seen(receivers, rule=rule, version=version, only=only)
    with writing(engine) as connection:
        return findings.reconcile(
            connection, seen, now=now, run_id=1, gone=gone or {}, reopen_after=reopen_after or at("11-22 00:00")
        )


def make_line(object_id: str, *, name: str = "lead_rank", rule: str | None = "h1", **changes: Any) -> Line:
    values: dict[str, Any] = {"before": None, "after": "HOT", "state": "proposed", "reason": "a reason", **changes}
    return Line(object_id, name, rule=rule, rule_version="v1-of-this-rule" if rule else None, **values)


def decide_message(
    engine: Engine,
    conversation: str,
    *,
    kind: str = "digest",
    day: str = "2026-11-24",
    finding_ids: Sequence[int] = (),
    owner_id: str | None = None,
) -> str:
    """A decided message; those decided later are sent later."""
    with writing(engine) as connection:
        return deliveries.create(
            connection,
            kind=kind,
            conversation=conversation,
            day=day,
            owner_id=owner_id,
            reason="first",
            finding_ids=finding_ids,
            now=at("11-24 09:00"),
        )
