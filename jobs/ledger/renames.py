"""What a rule left in the ledger follows it to its new id, so that nothing is closed and opened anew for a name."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, Table, case, func, literal, select, update

from jobs.ledger.tables import findings, memberships, pending_matches, plan_lines


def follow(connection: Connection, renames: Mapping[str, str]) -> None:
    """`renames` are present ids by former ones. Safe to repeat; what the new id has open already is left alone."""
    for former, present in renames.items():
        for table in (findings, plan_lines):
            renamed = _renamed_key(table, former, present)
            taken = select(table.c.open_key).where(table.c.rule == present, table.c.open_key.is_not(None))
            connection.execute(
                update(table)
                .where(table.c.rule == former, renamed.is_(None) | renamed.not_in(taken))
                .values(rule=present, open_key=renamed)
            )
        held = memberships.c.held_by == former
        connection.execute(update(memberships).where(memberships.c.rule == former).values(rule=present))
        connection.execute(update(memberships).where(held).values(held_by=present))
        waiting = select(pending_matches.c.object_id).where(pending_matches.c.rule == present)
        connection.execute(
            update(pending_matches)
            .where(pending_matches.c.rule == former, pending_matches.c.object_id.not_in(waiting))
            .values(rule=present)
        )


def _renamed_key(table: Table, former: str, present: str) -> ColumnElement[str]:
    """The rule's id begins the key of a finding and ends that of its plan lines. NULL stays NULL."""
    key = table.c.open_key
    if table is findings:
        return literal(present) + func.substr(key, len(former) + 1)
    end = func.length(key) - len(former)
    return case((func.substr(key, end + 1) == former, func.substr(key, 1, end) + literal(present)), else_=key)
