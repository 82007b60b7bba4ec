"""What a fresh portal defines: the properties of every object type and the deal pipelines, as HubSpot's JSON."""

from __future__ import annotations

from connector.sandbox.activity_properties import (
    call_properties,
    email_properties,
    meeting_properties,
    note_properties,
    task_properties,
)
from connector.sandbox.company_deal_properties import company_properties, deal_pipelines, deal_properties
from connector.sandbox.contact_properties import contact_properties


def property_definitions() -> dict[str, list[dict[str, object]]]:
    """Fresh copies: a portal may change its definitions without touching another portal's."""
    return {
        "contacts": contact_properties(),
        "companies": company_properties(),
        "deals": deal_properties(),
        "meetings": meeting_properties(),
        "calls": call_properties(),
        "emails": email_properties(),
        "notes": note_properties(),
        "tasks": task_properties(),
    }


def pipelines() -> list[dict[str, object]]:
    """Deal pipelines, stage metadata as texts ("true", "0.2"), as HubSpot gives them."""
    return deal_pipelines()
