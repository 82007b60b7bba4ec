"""What the alarm has told of, so that a service that starts again does not tell it again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "standstills",
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("teller", sa.String(length=32), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("what", "teller"),
    )
