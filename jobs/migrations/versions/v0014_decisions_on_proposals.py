"""A proposal that somebody does not want to decide about now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("plan_lines", sa.Column("paused_until", sa.BigInteger(), nullable=True))
