"""The forty rules in Polars: everything is loaded into memory first, which counts."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl  # pyright: ignore[reportMissingImports] - not among our dependencies

from rules.model import People, RuleSet


def counts(path: str, rule_set: RuleSet, limits: Sequence[int], people: People, moment: datetime) -> dict[str, int]:
    frames = _loaded(path)
    contacts = _with_facts(frames, int(moment.timestamp() * 1000))
    found: dict[str, int] = {}
    services = [f";{one.value};" for one in rule_set.words["contacts"]["services"].options]
    live_is = [int(one) for one in people.with_role("IS", live_only=True)]
    for n in limits:
        cut = int(rule_set.calendar.cutoff(moment, n).timestamp() * 1000)
        status, older = pl.col("status"), pl.col("since") < cut
        active = pl.col("activity")
        no_service = ~pl.any_horizontal(
            [pl.col("services").fill_null("").str.contains(one, literal=True) for one in services]
        )
        old_open = frames["deals_of"].filter(pl.col("open") & (pl.col("created") < cut)).select("contact").unique()
        rules = {
            "untouched": (status == "NEW") & older & ~pl.col("any_open") & (active.is_null() | (active < pl.col("since"))),
            "stalled": (status == "IN_PROGRESS") & older & (active.is_null() | (active < cut)),
            "nothing-behind": (status == "OPEN_DEAL") & older & (pl.col("deals") == 0) & (pl.col("meetings") == 0),
            "without-status": (status.is_null() | (status != "OPEN_DEAL")) & older & pl.col("id").is_in(old_open["contact"].implode()),
            "lost": (status == "OPEN_DEAL") & older & (pl.col("deals") > 0) & pl.col("all_lost") & (pl.col("newest") < cut),
            "parked": status.is_in(["BAD_TIMING", "UNQUALIFIED"]) & older & pl.col("any_open"),
            "serviceless": status.is_in(["ATTEMPTED_TO_CONTACT", "BAD_TIMING"]) & no_service & (pl.col("created") < cut),
            "nobody": status.is_in(["NEW", "IN_PROGRESS"]) & older & (pl.col("owner").is_null() | ~pl.col("owner").is_in(live_is)),
        }  # fmt: skip
        for name, condition in rules.items():
            found[f"{name}-{n}"] = contacts.filter(condition.fill_null(value=False)).height
    return found


def _loaded(path: str) -> dict[str, Any]:
    connection = sqlite3.connect(path)
    queries = {
        "contacts": "SELECT id, p_hs_lead_status AS status, p_hubspot_owner_id AS owner, p_createdate AS created, "
        "p_notes_last_contacted AS activity, p_inquiry_service AS services FROM contacts WHERE archived_at IS NULL AND merged_into IS NULL",
        "versions": "SELECT object_id AS id, position, value, at FROM property_versions WHERE object_type = 'contacts' AND property = 'hs_lead_status'",
        "deals_of": "SELECT a.from_id AS contact, d.id AS deal, d.p_createdate AS created, coalesce(d.p_closedate, d.p_createdate) AS closed_at, "
        "coalesce(d.p_hs_is_closed, '') <> 'true' AS open, coalesce(d.p_hs_is_closed_won, '') = 'true' AS won FROM associations a JOIN deals d "
        "ON d.id = a.to_id WHERE a.from_type = 'contacts' AND a.to_type = 'deals' AND d.archived_at IS NULL AND d.merged_into IS NULL",
        "meetings_of": "SELECT a.from_id AS contact FROM associations a JOIN meetings m ON m.id = a.to_id WHERE a.from_type = 'contacts' "
        "AND a.to_type = 'meetings' AND m.archived_at IS NULL AND m.merged_into IS NULL",
    }
    frames = {name: pl.read_database(query, connection, infer_schema_length=None) for name, query in queries.items()}
    frames["deals_of"] = frames["deals_of"].with_columns(
        pl.col("open").cast(pl.Boolean), pl.col("won").cast(pl.Boolean)
    )
    return frames


def _with_facts(frames: dict[str, Any], now: int) -> Any:
    ordered = frames["versions"].sort("id", "position")
    before = pl.col("value").shift(1).over("id")
    changed = ordered.filter((pl.col("position") == 0) | pl.col("value").ne_missing(before))
    since = changed.group_by("id").agg(pl.col("at").max().alias("since"))
    deals = (
        frames["deals_of"]
        .group_by("contact")
        .agg(
            pl.len().alias("deals"),
            pl.col("open").any().alias("any_open"),
            (~pl.col("open") & ~pl.col("won")).all().alias("all_lost"),
            pl.col("closed_at").max().alias("newest"),
        )
    )
    meetings = frames["meetings_of"].group_by("contact").agg(pl.len().alias("meetings"))
    joined = (
        frames["contacts"].join(since, on="id", how="left").join(deals, left_on="id", right_on="contact", how="left")
    )
    joined = joined.join(meetings, left_on="id", right_on="contact", how="left")
    return joined.with_columns(
        pl.coalesce("since", "created").alias("since"),
        pl.col("deals").fill_null(0),
        pl.col("meetings").fill_null(0),
        pl.col("any_open").fill_null(value=False),
        pl.when(pl.col("activity") <= now).then(pl.col("activity")).alias("activity"),
    )
