"""Which CRM property stands behind each word of the rule files. Settings may change the map, never the words."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

from connector.records import CALLS, COMPANIES, CONTACTS, DEALS, EMAILS, MEETINGS, NOTES, TASKS

DEFAULT_FIELDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        CONTACTS: {
            "lead_status": "hs_lead_status",
            "owner": "hubspot_owner_id",
            "services": "inquiry_service",
            "inquiry_date": "inquiry_date",
            "inquiry_source": "inquiry_source",
            "inquiry_text": "inquiry_text",
            "attempted_kind": "attempted_kind",
            "unqualified_reason": "unqualified_reason",
            "bad_timing_reason": "bad_timing_reason",
            "connected_kind": "connected_kind",
            "email_optout": "hs_email_optout",
            "marketable": "hs_marketable_status",
            "last_activity_at": "notes_last_contacted",
            "created_at": "createdate",
            "last_name": "lastname",
            "first_name": "firstname",
            "email": "email",
            "phone": "phone",
            "mobile_phone": "mobilephone",
            "company_name": "company",
        },
        DEALS: {
            "service": "service",
            "owner": "hubspot_owner_id",
            "is_closed": "hs_is_closed",
            "is_won": "hs_is_closed_won",
            "closed_at": "closedate",
            "created_at": "createdate",
        },
        MEETINGS: {
            "host": "hubspot_owner_id",
            "outcome": "hs_meeting_outcome",
            "starts_at": "hs_meeting_start_time",
            "ends_at": "hs_meeting_end_time",
        },
        CALLS: {
            "at": "hs_timestamp",
            "owner": "hubspot_owner_id",
            "direction": "hs_call_direction",
            "disposition": "hs_call_disposition",
            "title": "hs_call_title",
            "body": "hs_call_body",
        },
        EMAILS: {
            "at": "hs_timestamp",
            "owner": "hubspot_owner_id",
            "direction": "hs_email_direction",
            "subject": "hs_email_subject",
            "body": "hs_email_text",
        },
        NOTES: {
            "at": "hs_timestamp",
            "owner": "hubspot_owner_id",
            "body": "hs_note_body",
        },
        TASKS: {
            "due_at": "hs_timestamp",
            "owner": "hubspot_owner_id",
            "title": "hs_task_subject",
            "body": "hs_task_body",
            "status": "hs_task_status",
        },
        COMPANIES: {
            "name": "name",
            "owner": "hubspot_owner_id",
            "account_status": "account_status",
            "service": "service",
            "created_at": "createdate",
        },
    }
)


@dataclasses.dataclass(frozen=True, slots=True)
class FieldMap:
    """Word to CRM property, per object type. Use `of` to lay settings over the defaults."""

    properties: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, changed: Mapping[str, Mapping[str, str]] | None = None) -> FieldMap:
        changed = changed or {}
        return cls({kind: {**words, **changed.get(kind, {})} for kind, words in DEFAULT_FIELDS.items()})

    def property(self, object_type: str, word: str) -> str | None:
        return self.properties.get(object_type, {}).get(word)
