"""When rules last looked at the mirror, and finding what time has reached without reading everything."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "examinations",
        sa.Column("object_type", sa.String(length=32), nullable=False),
        sa.Column("moment", sa.BigInteger(), nullable=False),
        sa.Column("ground", sa.String(length=64), nullable=False),
        sa.Column("full_moment", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("object_type"),
    )
    op.create_index("memberships_by_record", "memberships", ["object_id"], unique=False)
    op.create_index("property_versions_by_time", "property_versions", ["at"], unique=False)
    # Columns of times get an index when they are made: the next sync makes these again.
    op.execute("DELETE FROM typed_columns WHERE kind IN ('instant', 'date')")
