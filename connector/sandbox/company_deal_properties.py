"""Which properties companies and deals have in the stand-in's portal, and which deal pipeline it has."""

from __future__ import annotations

from connector.sandbox.contact_properties import LEAD_STATUSES, LIFECYCLE_STAGES, SERVICES
from connector.sandbox.property_shapes import (
    Definition,
    choice,
    custom,
    flag,
    moment,
    number,
    owner,
    read_only,
    text,
    unique,
)

DEAL_STAGES = (
    ("appointmentscheduled", "Appointment Scheduled", "0.2"),
    ("qualifiedtobuy", "Qualified To Buy", "0.4"),
    ("presentationscheduled", "Presentation Scheduled", "0.6"),
    ("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"),
    ("contractsent", "Contract Sent", "0.9"),
    ("closedwon", "Closed Won", "1.0"),
    ("closedlost", "Closed Lost", "0.0"),
)

_ACCOUNT_STATUSES = (
    ("COLD", "コールド"),
    ("WORKING", "ワーキング"),
    ("ACTIVE_DEAL", "アクティブ案件"),
    ("QUARTERLY_CHECK", "四半期チェック"),
    ("LOST", "失注"),
    ("CURRENT_CUSTOMER", "現在の顧客"),
    ("NOT_FIT", "不適合"),
    ("ARCHIVED", "登録保存"),
)

_COMPANY = "companyinformation"
_DEAL = "dealinformation"
_NEVER_EDITED = "1970-01-01T00:00:00Z"


def company_properties() -> list[Definition]:
    return [
        text("name", "Company name", _COMPANY),
        text("domain", "Company Domain Name", _COMPANY),
        text("website", "Website URL", _COMPANY),
        text("phone", "Phone Number", _COMPANY, "phonenumber"),
        text("industry", "Industry", _COMPANY),
        text("description", "Description", _COMPANY, "textarea"),
        text("country", "Country/Region", _COMPANY),
        text("zip", "Postal Code", _COMPANY),
        text("state", "State/Region", _COMPANY),
        text("city", "City", _COMPANY),
        text("address", "Street Address", _COMPANY),
        number("numberofemployees", "Number of Employees", _COMPANY),
        number("annualrevenue", "Annual Revenue", _COMPANY),
        owner("hubspot_owner_id", "Company owner", _COMPANY),
        read_only(moment("hubspot_owner_assigneddate", "Owner Assigned Date", _COMPANY)),
        choice("lifecyclestage", "Lifecycle Stage", _COMPANY, LIFECYCLE_STAGES, "radio"),
        choice("hs_lead_status", "Lead Status", _COMPANY, LEAD_STATUSES, "radio"),
        *_record_properties(_COMPANY),
        custom(choice("account_status", "アカウントステータス", _COMPANY, _ACCOUNT_STATUSES)),
        custom(choice("service", "サービス", _COMPANY, SERVICES, "checkbox")),
        custom(text("prefecture", "都道府県", _COMPANY)),
        custom(text("employee_band", "従業員規模", _COMPANY)),
        custom(text("corporate_number", "法人番号", _COMPANY)),
        custom(text("name_kana", "会社名（カナ）", _COMPANY)),
    ]


def deal_properties() -> list[Definition]:
    stages = [(stage_id, label) for stage_id, label, _ in DEAL_STAGES]
    return [
        text("dealname", "Deal Name", _DEAL),
        choice("pipeline", "Pipeline", _DEAL, (("default", "Sales Pipeline"),)),
        choice("dealstage", "Deal Stage", _DEAL, stages, "radio"),
        number("amount", "Amount", _DEAL),
        moment("closedate", "Close Date", _DEAL),
        choice("dealtype", "Deal Type", _DEAL, (("newbusiness", "New Business"), ("existingbusiness", "Existing"))),
        text("description", "Deal Description", _DEAL, "textarea"),
        owner("hubspot_owner_id", "Deal owner", _DEAL),
        read_only(moment("hubspot_owner_assigneddate", "Owner Assigned Date", _DEAL)),
        choice("hs_priority", "Priority", _DEAL, (("low", "Low"), ("medium", "Medium"), ("high", "High"))),
        read_only(flag("hs_is_closed", "Is Deal Closed?", _DEAL)),
        read_only(flag("hs_is_closed_won", "Is Closed Won", _DEAL)),
        read_only(flag("hs_is_closed_lost", "Is Closed Lost", _DEAL)),
        number("hs_deal_stage_probability", "Deal probability", _DEAL),
        text("closed_lost_reason", "Closed Lost Reason", _DEAL, "textarea"),
        text("closed_won_reason", "Closed Won Reason", _DEAL, "textarea"),
        moment("hs_next_meeting_start_time", "Next Meeting Start Time", _DEAL),
        *_record_properties(_DEAL),
        custom(choice("service", "サービス", _DEAL, SERVICES)),
    ]


def deal_pipelines() -> list[Definition]:
    stages = [_stage(order, *stage) for order, stage in enumerate(DEAL_STAGES)]
    return [
        {
            "id": "default",
            "label": "Sales Pipeline",
            "displayOrder": 0,
            "stages": stages,
            "createdAt": _NEVER_EDITED,
            "updatedAt": _NEVER_EDITED,
            "archived": False,
        }
    ]


def _stage(order: int, stage_id: str, label: str, probability: str) -> Definition:
    closed = stage_id in ("closedwon", "closedlost")
    return {
        "id": stage_id,
        "label": label,
        "displayOrder": order,
        "metadata": {"isClosed": "true" if closed else "false", "probability": probability},
        "createdAt": _NEVER_EDITED,
        "updatedAt": _NEVER_EDITED,
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        "archived": False,
    }


def _record_properties(group: str) -> list[Definition]:
    # An importer may set `createdate` on companies and deals; on contacts it may not.
    return [
        moment("createdate", "Create Date", group),
        read_only(moment("hs_createdate", "Object create date/time", group)),
        read_only(moment("hs_lastmodifieddate", "Last Modified Date", group)),
        unique(read_only(number("hs_object_id", "Record ID", group))),
        read_only(text("hs_merged_object_ids", "Merged record IDs", group, "textarea")),
    ]
