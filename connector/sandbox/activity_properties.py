"""Which properties meetings, calls, emails, notes and tasks have in the stand-in's portal."""

from __future__ import annotations

from connector.sandbox.property_shapes import (
    Definition,
    choice,
    moment,
    number,
    owner,
    read_only,
    text,
    unique,
)

CONNECTED_DISPOSITION = "f240bbac-87c9-4f6e-bf70-924b57d47db7"


def _same(*values: str) -> list[tuple[str, str]]:
    """Options whose label is their value in words."""
    return [(value, value.replace("_", " ").capitalize()) for value in values]


def _on_every_activity(group: str) -> list[Definition]:
    return [
        moment("hs_timestamp", "Activity date", group),
        owner("hubspot_owner_id", "Activity assigned to", group),
        read_only(moment("hubspot_owner_assigneddate", "Owner Assigned Date", group)),
        text("hs_activity_type", "Activity type", group),
        text("hs_attachment_ids", "Attached file IDs", group),
        read_only(number("hs_created_by", "Created by user ID", group)),
        read_only(moment("hs_createdate", "Create date", group)),
        read_only(moment("hs_lastmodifieddate", "Last modified date", group)),
        unique(read_only(number("hs_object_id", "Record ID", group))),
        read_only(text("hs_merged_object_ids", "Merged record IDs", group)),
    ]


def meeting_properties() -> list[Definition]:
    group = "meeting"
    outcomes = _same("SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED")
    return [
        *_on_every_activity(group),
        text("hs_meeting_title", "Meeting name", group),
        text("hs_meeting_body", "Meeting description", group, "html"),
        text("hs_internal_meeting_notes", "Internal meeting notes", group, "html"),
        moment("hs_meeting_start_time", "Meeting start time", group),
        moment("hs_meeting_end_time", "Meeting end time", group),
        choice("hs_meeting_outcome", "Meeting outcome", group, outcomes),
        text("hs_meeting_location", "Meeting location", group),
        text("hs_meeting_external_url", "External URL", group),
        text("hs_attendee_owner_ids", "Attendee owners", group),
    ]


def call_properties() -> list[Definition]:
    group = "call"
    statuses = _same("COMPLETED", "BUSY", "CALLING_CRM_USER", "CANCELED", "CONNECTING", "FAILED", "IN_PROGRESS")
    statuses += _same("MISSED", "NO_ANSWER", "QUEUED", "RINGING")
    dispositions = [
        (CONNECTED_DISPOSITION, "Connected"),
        ("9d9162e7-6cf3-4944-bf63-4dff82258764", "Busy"),
        ("a4c4c377-d246-4b32-a13b-75a56a4cd0ff", "Left live message"),
        ("b2cf5968-551e-4856-9783-52b3da59a7d0", "Left voicemail"),
        ("73a0d17f-1163-4015-bdd5-ec830791da20", "No answer"),
        ("17b47fee-58de-441e-a44c-c6300d46f273", "Wrong number"),
    ]
    return [
        *_on_every_activity(group),
        text("hs_call_title", "Call title", group),
        text("hs_call_body", "Call notes", group, "html"),
        choice("hs_call_direction", "Call direction", group, _same("INBOUND", "OUTBOUND")),
        choice("hs_call_status", "Call status", group, statuses),
        choice("hs_call_disposition", "Call outcome", group, dispositions),
        number("hs_call_duration", "Call duration", group),
        text("hs_call_from_number", "From number", group),
        text("hs_call_to_number", "To number", group),
    ]


def email_properties() -> list[Definition]:
    group = "email"
    directions = _same("EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL")
    return [
        *_on_every_activity(group),
        choice("hs_email_direction", "Email direction", group, directions),
        choice(
            "hs_email_status", "Email send status", group, _same("BOUNCED", "FAILED", "SCHEDULED", "SENDING", "SENT")
        ),
        text("hs_email_subject", "Email subject", group),
        text("hs_email_text", "Email body", group, "textarea"),
        text("hs_email_html", "Email HTML", group, "html"),
        text("hs_email_headers", "Email headers", group, "textarea"),
        read_only(text("hs_email_from_email", "Email from address", group)),
        read_only(text("hs_email_to_email", "Email to address", group)),
    ]


def note_properties() -> list[Definition]:
    return [*_on_every_activity("note"), text("hs_note_body", "Note body", "note", "html")]


def task_properties() -> list[Definition]:
    group = "task"
    statuses = _same("NOT_STARTED", "IN_PROGRESS", "WAITING", "COMPLETED", "DEFERRED")
    return [
        *_on_every_activity(group),
        text("hs_task_subject", "Task title", group),
        text("hs_task_body", "Task notes", group, "html"),
        choice("hs_task_status", "Task status", group, statuses),
        choice("hs_task_priority", "Priority", group, _same("NONE", "LOW", "MEDIUM", "HIGH")),
        choice("hs_task_type", "Task type", group, _same("TODO", "CALL", "EMAIL")),
        text("hs_task_reminders", "Reminders", group),
        read_only(moment("hs_task_completion_date", "Completed at", group)),
    ]
