"""What all processes of one portal know together about calling the CRM."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Integer, MetaData, String, Table, Text

from connector.columns import Instant

metadata = MetaData()

# A single row, of which `budget.py` knows the shape: everything is read and written together.
call_budget = Table(
    "call_budget",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("state", JSON, nullable=False),
)

# Endpoints that a dated version of the API did not have when they were last asked.
old_endpoints = Table(
    "old_endpoints",
    metadata,
    Column("endpoint", String(128), primary_key=True),
    Column("lacks", String(16), nullable=False),
    Column("noted_at", BigInteger, nullable=False),  # milliseconds since 1970
)

# Permissions that the token lacks: because the CRM told so when it was asked, or because it refused a call.
missing_scopes = Table(
    "missing_scopes",
    metadata,
    Column("scope", String(128), primary_key=True),
    Column("told", Boolean, nullable=False),
    Column("noted_at", Instant, nullable=False),
)

# The grant of an OAuth app, sealed with what the environment holds; `leased_until`: a process is renewing it.
oauth_state = Table(
    "oauth_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sealed", Text),
    Column("leased_until", BigInteger),  # milliseconds since 1970
)
