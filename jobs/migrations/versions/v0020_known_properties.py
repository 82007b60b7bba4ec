"""The portal's properties as they fitted the rules last, which permissions the token lacks, and an app's grant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "known_properties",
        sa.Column("object_type", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("field_type", sa.String(length=32), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("referenced_type", sa.String(length=64), nullable=True),
        sa.Column("claim", sa.String(length=16), nullable=True),
        sa.Column("misfits", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("object_type", "name"),
    )
    op.create_table(
        "missing_scopes",
        sa.Column("scope", sa.String(length=128), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope"),
    )
    op.create_table(
        "oauth_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
