"""Indexes by rule and record: a round looks at some hundred contacts of a rule at a time, and must not pass all others."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    for table in ("plan_lines", "memberships"):
        op.drop_index(f"{table}_by_rule", table)
        op.create_index(f"{table}_by_rule", table, ["rule", "object_id"])
    op.create_index("findings_by_rule_and_record", "findings", ["rule", "object_id"])
