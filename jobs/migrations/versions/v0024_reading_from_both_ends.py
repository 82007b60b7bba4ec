"""How far a first reading has come from the largest id down, so that it goes on there after a crash."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("sync_cursors", sa.Column("full_down_to", sa.BigInteger(), nullable=True))
