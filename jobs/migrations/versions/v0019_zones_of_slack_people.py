"""The time zone that Slack knows of a person: reminders come by the reader's own clock."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("slack_people", sa.Column("time_zone", sa.String(64), nullable=True))
