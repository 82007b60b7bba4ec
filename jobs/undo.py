"""Takes back what was written: builds the inverse of lines and writes it where the CRM still shows our value.

Messages are not taken back: they are corrected with the next round, as their findings open and close.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row

from connector.gateway import Gateway
from connector.mirror.tables import MirrorSchema
from jobs.apply import Applied, Author, apply, entry
from jobs.database import snapshot, writing
from jobs.editors import Editors, editors
from jobs.errors import SettingsWrong
from jobs.ledger import audit, plan_lines, undone
from jobs.ledger.plan_lines import End, Line, PlanOpener
from jobs.ledger.undone import KINDS, Target
from jobs.wiring import Parts

_TARGET = re.compile(r"(?:(cycle|plan|line|c|p|l)\s*)?#?(\d{1,9})")


@dataclasses.dataclass(frozen=True, slots=True)
class Desk:
    """Where lines are taken back, in whose name and when. `schema` as in `apply`."""

    engine: Engine
    gateway: Gateway
    author: Author
    now: datetime
    schema: MirrorSchema | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Undoing:
    """What was done, and the plan that it stands in: None where there was nothing to take back."""

    plan: int | None
    applied: Applied


def read_target(parts: Parts, words: str) -> Target:
    """`cycle 12`, `P3`, `line 88`; a bare number where only one of the three has something to take back."""
    match = _TARGET.fullmatch(unicodedata.normalize("NFKC", words).strip().lower())
    if match is None:
        raise SettingsWrong(f"{words}: write it like `cycle 12`, `plan 3` or `line 88`, or C12, P3, L88.")
    kinds = [kind for kind in KINDS if match[1] is None or kind[0] == match[1][0]]
    targets = [Target(kind, int(match[2])) for kind in kinds]
    with snapshot(parts.engine) as connection:
        known = [one for one in targets if undone.exists(connection, one)]
        if not known:
            raise SettingsWrong(f"{words}: there is no such {' or '.join(kinds)}.")
        lines = {one: frozenset(row.id for row in undone.written_lines(connection, one)) for one in known}
    full = [one for one in known if lines[one]]
    if len({lines[one] for one in full}) > 1:
        choices = ", ".join(f"`{one.kind} {one.number}` ({len(lines[one])} line(s))" for one in full)
        raise SettingsWrong(f"{words} may be {choices}: say which.")
    return (full or known)[0]


def lines_to_undo(parts: Parts, target: Target) -> int:
    with snapshot(parts.engine) as connection:
        return len(undone.written_lines(connection, target))


def undo(parts: Parts, target: Target, author: Author, progress: Callable[[int], None] = lambda _: None) -> Undoing:
    """Take back every line of the target that was written and still stands."""
    desk = Desk(parts.engine, parts.gateway(), author, parts.clock(), parts.schema())
    return take_back(desk, target, progress)


def take_back(desk: Desk, target: Target, progress: Callable[[int], None] = lambda _: None) -> Undoing:
    """Cut off anywhere, a second call goes on, as any write-back does that comes before it."""
    plan = PlanOpener(None, None, desk.now)
    with writing(desk.engine) as connection:
        rows = undone.written_lines(connection, target, lock=True)
        known = undone.under_way(connection, [row.id for row in rows])
        fresh = [row for row in rows if row.id not in known]
        ids = plan_lines.add(connection, [_inverse(row, desk.author) for row in fresh], plan=plan, now=desk.now)
        taken = dict(zip((row.id for row in fresh), ids, strict=True))
        refused = _refuse(connection, fresh, taken, desk.author, desk.now)
    wanted = [*(row.id for row in known.values()), *ids]
    applied = Applied()
    if wanted:
        applied = apply(
            desk.engine,
            desk.gateway,
            author=desk.author,
            now=desk.now,
            only=wanted,
            schema=desk.schema,
            progress=progress,
        )
    for row, end in refused:
        applied.note(row, end)
    earlier = max((row.plan_id for row in known.values()), default=None)
    return Undoing(plan.plan_id or earlier, applied)


def _inverse(row: Row[Any], author: Author) -> Line:
    """Values and memberships: what was after is expected, what was before is written. A task or note is taken away, if
    nobody has worked on it.
    """
    return Line(
        object_id=row.object_id,
        property=row.property,
        before=row.after,
        after=row.before,
        rule=None,
        rule_version=None,
        reason=f"undo of line {row.id}",
        state="approved",
        actor=author.name,
        undoes=row.id,
        creates=row.creates,
    )


def _refuse(
    connection: Connection, rows: Sequence[Row[Any]], taken: dict[int, int], author: Author, now: datetime
) -> list[tuple[Row[Any], End]]:
    """Settle at once what the ledger knows to be no longer ours."""
    known = editors(connection)
    later = undone.later_writes(connection, rows)
    ends = [
        End(taken[row.id], "conflict", cause=cause, written=False)
        for row in rows
        if (cause := _why_not(row, later.get(row.id), known)) is not None
    ]
    plan_lines.settle(connection, ends, now)
    stored = {row.id: row for row in plan_lines.by_ids(connection, [end.line_id for end in ends])}
    refused = [(stored[end.line_id], end) for end in ends]
    audit.record(connection, [entry(row, end, author, now) for row, end in refused])
    return refused


def _why_not(row: Row[Any], later: Row[Any] | None, known: Editors) -> str | None:
    if later is not None:
        author = f"rule {later.rule}" if later.rule else later.actor
        return f"Line {later.id} ({author}, {known.when(later.settled_at)}) has written it since. Undo that one first."
    if row.creates is not None and row.undoes is not None:
        return f"What line {row.id} took away is not made again. Restore it from HubSpot's recycle bin (90 days)."
    if row.written is False:
        return f"The CRM held this value already when line {row.id} was applied: nothing of ours to take back."
    return None
