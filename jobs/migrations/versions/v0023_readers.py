"""Who got a message: its owner, or whoever stands in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("reader_id", sa.BigInteger(), nullable=True))
    # Those of the last hours count as the owner's, as they did so far.
    op.execute("UPDATE deliveries SET reader_id = owner_id WHERE fallback = false")
