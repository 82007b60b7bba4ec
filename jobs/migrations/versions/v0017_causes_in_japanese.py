"""Why a line is held back, in Japanese beside the English."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("plan_lines", sa.Column("cause_ja", sa.Text(), nullable=True))
