"""Messages know of which findings they tell and which they only show: how often somebody was told is counted from there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("delivery_findings", sa.Column("due", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.drop_column("findings", "reminded")
