"""An index of what is open for each owner: people look at it from Slack while a round is made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    is_open = sa.text("open_key IS NOT NULL")
    op.create_index("open_findings_by_owner", "findings", ["owner_id"], sqlite_where=is_open, postgresql_where=is_open)
