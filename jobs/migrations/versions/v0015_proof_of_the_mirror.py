"""How well the mirror is known to equal the CRM, and counting its live records without reading them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_TYPES = ("contacts", "companies", "deals", "meetings", "calls", "emails", "notes", "tasks")


def upgrade() -> None:
    for name, kind in (
        ("lag_ms", sa.BigInteger()),
        ("lag_seen_at", sa.BigInteger()),
        ("unexplained", sa.Integer()),
        ("swept_at", sa.BigInteger()),
        ("sweep_after", sa.String(length=32)),
        ("sweep_last_id", sa.BigInteger()),
    ):
        op.add_column("sync_cursors", sa.Column(name, kind, nullable=True))
    for object_type in _TYPES:
        op.create_index(f"{object_type}_by_time", object_type, ["updated_at", "archived_at"], unique=False)
    # What stood in the archive is known from the records themselves now.
    op.execute("DELETE FROM sync_marks WHERE purpose = 'archived'")
