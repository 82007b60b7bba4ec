"""Plan lines know which line they take back, and whether they changed anything in the CRM."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("plan_lines", sa.Column("undoes", sa.Integer(), nullable=True))
    op.add_column("plan_lines", sa.Column("written", sa.Boolean(), nullable=True))
    op.create_index("plan_lines_by_undone", "plan_lines", ["undoes"], unique=False)
