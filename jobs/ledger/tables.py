"""The ledger's tables: runs, findings, plan lines, list memberships, deliveries, decisions, people's acts and the audit trail."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, text, true

from connector.columns import Instant, RecordId

metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("state", String(16), nullable=False),  # running | done | partial | failed
    Column("rules_version", String(64)),
    Column("summary", JSON),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("holder", String(255), nullable=False),
    Column("until", Instant, nullable=False),
)

# The last examination that was carried through, per object type. `moment` is the time at which it looked.
examinations = Table(
    "examinations",
    metadata,
    Column("object_type", String(32), primary_key=True),
    Column("moment", Instant, nullable=False),
    Column("ground", String(64), nullable=False),
    Column("full_moment", Instant, nullable=False),
)

# `open_key` is the identity of an open finding and NULL once it is closed, so that the database itself refuses a
# second open one on both SQLite and PostgreSQL.
findings = Table(
    "findings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("rule", String(128), nullable=False),
    Column("code", String(8)),
    Column("object_type", String(32), nullable=False),
    Column("object_id", RecordId, nullable=False),
    Column("round", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("open_key", String(255), unique=True),
    Column("owner_id", RecordId),
    Column("status_since", Instant),
    Column("opened_at", Instant, nullable=False),
    Column("opened_run", Integer, nullable=False),
    Column("opened_version", String(64), nullable=False),
    Column("seen_version", String(64), nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("reopened", Integer, nullable=False, default=0),
    Column("acknowledged_by", Text),
    Column("acknowledged_at", Instant),
    Column("acknowledged_until", Instant),
    Column("snoozed_by", Text),
    Column("snoozed_at", Instant),
    Column("snoozed_until", Instant),
    Column("dismissed_by", Text),
    Column("dismissed_at", Instant),
    Column("note", Text),  # why it was dismissed
    Column("quieted_by", String(128)),  # the rule whose finding about the same record comes first
    Column("waits_since", Instant),  # since when nobody has done anything about what was told
    Column("ping_at", Instant),  # since when its owner is to be called once more, and why
    Column("ping_why", String(16)),
    Column("level", Integer, nullable=False, default=0, server_default="0"),  # of escalation
    Column("level_at", Instant),
    Column("level_reason", String(32)),
    Column("closed_at", Instant),
    Column("closed_reason", String(32)),
    Column("revision", Integer, nullable=False, default=0),
    Index("findings_by_record", "object_type", "object_id"),
    Index("findings_by_rule", "rule", "state"),
    Index("findings_by_rule_and_record", "rule", "object_id"),
    # What people ask for: what is open for them, among all that has been closed over the years.
    Index(
        "open_findings_by_owner",
        "owner_id",
        sqlite_where=text("open_key IS NOT NULL"),
        postgresql_where=text("open_key IS NOT NULL"),
    ),
)

# What a rule holds for that has not held long enough to become a finding.
pending_matches = Table(
    "pending_matches",
    metadata,
    Column("rule", String(128), primary_key=True),
    Column("object_type", String(32), primary_key=True),
    Column("object_id", RecordId, primary_key=True, autoincrement=False),
    Column("since", Instant, nullable=False),
)

plans = Table(
    "plans",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer),
    Column("created_at", Instant, nullable=False),
    Column("rules_version", String(64)),
)

# `property` is `list` for a membership; `before` and `after` are then list names or NULL. `undoes` is the line whose
# write this one takes back; `written` is false where the CRM held the value already.
# `creates` is given where the line is about a task or note: what is made, and what that relies on. `property` is then its
# kind, `before` and `after` its title or NULL, `tried_at` the last call that may have made it, `created_id` its id.
# `paused_until`: somebody said "not now".
plan_lines = Table(
    "plan_lines",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("plan_id", Integer, ForeignKey("plans.id"), nullable=False),
    Column("object_type", String(32), nullable=False),
    Column("object_id", RecordId, nullable=False),
    Column("property", String(255), nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("rule", String(128)),
    Column("rule_version", String(64)),
    Column("reason", Text),
    Column("actor", Text),
    Column("state", String(16), nullable=False),
    Column("open_key", String(400), unique=True),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("seen", Text),
    Column("cause", Text),
    Column("cause_ja", Text),  # of a line that is held back; the English one stands in `cause`
    Column("undoes", Integer),
    Column("written", Boolean),
    Column("creates", JSON(none_as_null=True)),
    Column("tried_at", Instant),
    Column("created_id", RecordId),
    Column("paused_until", Instant),
    Index("plan_lines_by_state", "state"),
    Index("plan_lines_by_undone", "undoes"),
    Index("plan_lines_by_rule", "rule", "object_id"),
    Index("plan_lines_by_record", "object_type", "object_id"),
)

memberships = Table(
    "memberships",
    metadata,
    Column("list_name", String(255), primary_key=True),
    Column("object_id", RecordId, primary_key=True, autoincrement=False),
    Column("rule", String(128), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("service", String(255)),
    Column("state", String(16), nullable=False),  # member | held | left
    Column("held_by", String(128)),
    Column("entered_at", Instant, nullable=False),
    Column("left_at", Instant),
    Column("in_crm", Boolean, nullable=False),
    Column("joined_at", Instant),  # first a member and not held out; NULL while it never was
    Column("status", String(64)),
    Column("reason", String(255)),
    Column("owner_id", RecordId),  # whose it was on the day it came
    Column("revived_at", Instant),
    Column("revived_to", String(64)),
    Column("revived_after_days", Integer),
    Index("memberships_by_record", "object_id"),
    Index("memberships_by_rule", "rule", "object_id"),
)

queue_counts = Table(
    "queue_counts",
    metadata,
    Column("queue", String(128), primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("oldest_since", Instant),
    Column("over_limit", Integer),
)

# One row per message. `conversation` names where it stands independent of Slack's ids: `owner:41`, `channel:leak`.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("conversation", String(64), nullable=False),
    Column("day", String(10), nullable=False),
    Column("owner_id", RecordId),
    Column("reason", String(32), nullable=False),
    Column("state", String(16), nullable=False),  # pending | sending | unknown | sent | failed | obsolete
    Column("created_at", Instant, nullable=False),
    Column("attempt_at", Instant),
    Column("attempts", Integer, nullable=False, default=0),
    Column("channel", String(32)),
    Column("ts", String(32)),
    Column("language", String(8)),
    Column("fallback", Boolean, nullable=False, default=False),
    Column("shown", String(64)),  # fingerprint of what Slack shows now
    Column("superseded", Boolean, nullable=False, default=False),
    Column("settled", Boolean, nullable=False, default=False),
    Column("error", Text),
    Column("news_id", Integer),  # what it tells about the rule files, where it tells nothing else
    Column("root_id", String(32)),  # the message in whose thread it stands
    Column("reader_id", RecordId),  # the owner who got it: `owner_id`, or who stands in
    Index("deliveries_by_conversation", "conversation", "day"),
    Index("deliveries_by_state", "state", "settled"),
)

delivery_findings = Table(
    "delivery_findings",
    metadata,
    Column("delivery_id", String(32), ForeignKey("deliveries.id"), primary_key=True),
    Column("finding_id", Integer, ForeignKey("findings.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("due", Boolean, nullable=False, default=True, server_default=true()),  # False: shown, but at rest
    Index("delivery_findings_by_finding", "finding_id"),
)

# Why a finding was told in a conversation, or was not: a row for each change of mind, so that idle rounds write none.
decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("finding_id", Integer, ForeignKey("findings.id"), nullable=False),
    Column("conversation", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("decision", String(8), nullable=False),  # send | hold
    Column("reason", String(32), nullable=False),
    Column("detail", Text),
    Index("decisions_by_finding", "finding_id", "conversation"),
)

# The rule sets that were in use, with the files they were read from: the newest is the last good one.
rule_sets = Table(
    "rule_sets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", String(64), nullable=False),
    Column("adopted_at", Instant, nullable=False),
    Column("files", JSON, nullable=False),
)

# What admins are told about the rule files. `subject` is what makes it news: the mistakes' or the set's fingerprint.
rule_news = Table(
    "rule_news",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),  # broken | changed | over_cap | drift | options
    Column("subject", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("mended_at", Instant),
)

# `claim` stands for whatever writes to the property, NULL where nothing does; `misfits` is NULL while it fits.
known_properties = Table(
    "known_properties",
    metadata,
    Column("object_type", String(32), primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("label", Text, nullable=False),
    Column("type", String(32), nullable=False),
    Column("field_type", String(32), nullable=False),
    Column("options", JSON, nullable=False),
    Column("referenced_type", String(64)),
    Column("claim", String(16)),
    Column("misfits", JSON(none_as_null=True)),
)

slack_people = Table(
    "slack_people",
    metadata,
    Column("owner_id", RecordId, primary_key=True, autoincrement=False),
    Column("slack_user_id", String(32)),
    Column("language", String(8)),
    Column("away", Boolean),  # what the status in Slack says
    Column("time_zone", String(64)),
    Column("checked_at", Instant, nullable=False),
)

# What a person chose on the Home tab. Times as `09:30`, days as the digits of their weekdays, Monday 0.
preferences = Table(
    "preferences",
    metadata,
    Column("slack_user_id", String(32), primary_key=True),
    Column("owner_id", RecordId, nullable=False),
    Column("language", String(8)),
    Column("quiet_from", String(5)),
    Column("quiet_to", String(5)),
    Column("quiet_days", String(7), nullable=False),
    Column("away_until", String(10)),
)

# Who is who where the mail address does not settle it.
people_links = Table(
    "people_links",
    metadata,
    Column("owner_id", RecordId, primary_key=True, autoincrement=False),
    Column("slack_user_id", String(32), nullable=False),
    Column("state", String(16), nullable=False),  # confirmed | denied | by_hand
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
)

# The Slack user groups that the settings give a role, as they were last read.
user_groups = Table(
    "user_groups",
    metadata,
    Column("handle", String(64), primary_key=True),
    Column("members", JSON, nullable=False),
    Column("read_at", Instant, nullable=False),
)

# What the alarm has told of and whose end it has not: `what` stands still, `teller` is a way of telling.
standstills = Table(
    "standstills",
    metadata,
    Column("what", String(16), primary_key=True),
    Column("teller", String(32), primary_key=True),
    Column("since", Instant, nullable=False),
)

acts = Table(
    "acts",
    metadata,
    Column("id", String(255), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("answer", JSON),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("action", String(64), nullable=False),
    Column("object_type", String(32)),
    Column("object_id", RecordId),
    Column("property", String(255)),
    Column("before", Text),
    Column("after", Text),
    Column("reason", Text),
    Column("correlation", String(255)),
    Index("audit_by_record", "object_type", "object_id"),
    Index("audit_by_time", "at"),
)
