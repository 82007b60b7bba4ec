"""What all processes of one portal know together about the calls that they may make."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, MetaData, Table

metadata = MetaData()

# A single row, of which `budget.py` knows the shape: everything is read and written together.
call_budget = Table(
    "call_budget",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("state", JSON, nullable=False),
)
