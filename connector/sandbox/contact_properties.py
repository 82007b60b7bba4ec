"""Which properties a contact has in the stand-in's portal, with their options."""

from __future__ import annotations

from connector.sandbox.property_shapes import (
    Definition,
    choice,
    custom,
    day,
    flag,
    hidden,
    moment,
    number,
    owner,
    read_only,
    text,
    unique,
)

SERVICES = (
    ("factory_navi", "工場ナビ掲載"),
    ("recruit_site", "採用サイト制作"),
    ("crm_setup", "CRM導入支援"),
    ("exhibition", "展示会出展代行"),
    ("web_report", "Web解析レポート"),
)

LEAD_STATUSES = (
    ("NEW", "New"),
    ("OPEN", "Open"),
    ("IN_PROGRESS", "In Progress"),
    ("OPEN_DEAL", "Open Deal"),
    ("UNQUALIFIED", "Unqualified"),
    ("ATTEMPTED_TO_CONTACT", "Attempted to Contact"),
    ("CONNECTED", "Connected"),
    ("BAD_TIMING", "Bad Timing"),
)

LIFECYCLE_STAGES = (
    ("subscriber", "Subscriber"),
    ("lead", "Lead"),
    ("marketingqualifiedlead", "Marketing Qualified Lead"),
    ("salesqualifiedlead", "Sales Qualified Lead"),
    ("opportunity", "Opportunity"),
    ("customer", "Customer"),
    ("evangelist", "Evangelist"),
    ("other", "Other"),
)

_SOURCES = (
    ("web_form", "Webフォーム"),
    ("material_request", "資料請求"),
    ("seminar", "セミナー"),
    ("campaign_response", "キャンペーン反応"),
    ("third_party", "外部媒体"),
    ("exhibition", "展示会"),
    ("phone", "電話"),
    ("referral", "紹介"),
    ("import", "インポート"),
)
_ATTEMPTED = (("answered", "回答済み"), ("solved", "解決済み"), ("no_reaction", "反応なし"), ("unreachable", "不通"))
_UNQUALIFIED = (("wrong_person", "相手違い"), ("sales_pitch", "営業連絡"), ("no_fit", "案件不適合"))
_BAD_TIMING = (("not_target", "対象外"), ("budget", "予算"), ("timing", "時期"), ("other", "その他"))
_CONNECTED = (
    ("alliance", "業務提携"),
    ("business_transfer", "事業譲渡"),
    ("other_person", "別担当者"),
    ("other", "その他"),
)
_MARKETABLE = (("true", "Marketing contact"), ("false", "Non-marketing contact"))
_RANKS = (("HOT", "ホット"), ("WARM", "ウォーム"), ("COOL", "クール"))

_INFO = "contactinformation"
_SALES = "sales_properties"
_ACTIVITY = "contact_activity"
_CONVERSION = "conversioninformation"
_DEALS = "deal_information"
_INQUIRY = "inquiry_information"


def contact_properties() -> list[Definition]:
    return [*_identity(), *_sales(), *_activity(), *_set_by_hubspot(), *_inquiry()]


def _identity() -> list[Definition]:
    return [
        unique(text("email", "Email", _INFO)),
        text("firstname", "First Name", _INFO),
        text("lastname", "Last Name", _INFO),
        text("phone", "Phone Number", _INFO, "phonenumber"),
        text("mobilephone", "Mobile Phone Number", _INFO, "phonenumber"),
        text("fax", "Fax Number", _INFO),
        text("company", "Company Name", _INFO),
        text("jobtitle", "Job Title", _INFO),
        text("salutation", "Salutation", _INFO),
        text("industry", "Industry", _INFO),
        text("website", "Website URL", _INFO),
        text("country", "Country/Region", _INFO),
        text("zip", "Postal Code", _INFO),
        text("state", "State/Region", _INFO),
        text("city", "City", _INFO),
        text("address", "Street Address", _INFO),
        text("numemployees", "Number of Employees", _INFO),
        text("annualrevenue", "Annual Revenue", _INFO),
        text("date_of_birth", "Date of Birth", _INFO),
        text("linkedinbio", "LinkedIn Bio", "socialmediainformation"),
        text("twitterhandle", "Twitter Username", "socialmediainformation"),
        text("message", "Message", _INFO, "textarea"),
        read_only(text("hs_email_domain", "Email Domain", _INFO)),
        custom(text("lastname_kana", "姓（カナ）", _INFO)),
        custom(text("firstname_kana", "名（カナ）", _INFO)),
        custom(text("department", "部署", _INFO)),
    ]


def _sales() -> list[Definition]:
    return [
        choice("hs_lead_status", "Lead Status", _SALES, LEAD_STATUSES, "radio"),
        choice("lifecyclestage", "Lifecycle Stage", _INFO, LIFECYCLE_STAGES, "radio"),
        owner("hubspot_owner_id", "Contact owner", _SALES),
        read_only(moment("hubspot_owner_assigneddate", "Owner Assigned Date", _SALES)),
        read_only(flag("hs_is_unworked", "Contact unworked", _SALES)),
        moment("closedate", "Close Date", _INFO),
        flag("hs_email_optout", "Unsubscribed from all email", "emailinformation"),
        read_only(number("hs_email_bounce", "Marketing emails bounced", "emailinformation")),
        read_only(text("hs_email_hard_bounce_reason_enum", "Email hard bounce reason", "emailinformation")),
        read_only(choice("hs_marketable_status", "Marketing contact status", _ACTIVITY, _MARKETABLE)),
    ]


def _activity() -> list[Definition]:
    return [
        read_only(moment("notes_last_contacted", "Last Contacted", _ACTIVITY)),
        read_only(moment("notes_last_updated", "Last Activity Date", _ACTIVITY)),
        read_only(moment("notes_next_activity_date", "Next Activity Date", _ACTIVITY)),
        read_only(number("num_notes", "Number of Sales Activities", _ACTIVITY)),
        read_only(number("num_contacted_notes", "Number of times contacted", _ACTIVITY)),
        read_only(moment("hs_last_sales_activity_timestamp", "Last Engagement Date", _ACTIVITY)),
        read_only(moment("engagements_last_meeting_booked", "Date of last meeting booked", _ACTIVITY)),
        hidden(read_only(moment("hs_latest_meeting_activity", "Latest meeting activity", _ACTIVITY))),
        read_only(moment("recent_conversion_date", "Recent Conversion Date", _CONVERSION)),
        read_only(text("recent_conversion_event_name", "Recent Conversion", _CONVERSION)),
        read_only(moment("first_conversion_date", "First Conversion Date", _CONVERSION)),
        read_only(text("first_conversion_event_name", "First Conversion", _CONVERSION)),
        read_only(number("num_conversion_events", "Number of Form Submissions", _CONVERSION)),
        read_only(number("hs_analytics_num_page_views", "Number of Pageviews", "analyticsinformation")),
        read_only(number("hs_analytics_num_visits", "Number of Sessions", "analyticsinformation")),
        read_only(text("hs_analytics_source", "Original Traffic Source", "analyticsinformation")),
    ]


def _set_by_hubspot() -> list[Definition]:
    return [
        read_only(moment("createdate", "Create Date", _INFO)),
        read_only(moment("lastmodifieddate", "Last Modified Date", _INFO)),
        hidden(read_only(moment("hs_lastmodifieddate", "Object last modified date/time", _INFO))),
        unique(read_only(number("hs_object_id", "Record ID", _INFO))),
        read_only(text("hs_merged_object_ids", "Merged record IDs", _INFO, "textarea")),
        read_only(text("hs_object_source_label", "Record source", _INFO)),
        read_only(number("num_associated_deals", "Number of Associated Deals", _DEALS)),
        read_only(moment("first_deal_created_date", "First Deal Created Date", _DEALS)),
        read_only(number("recent_deal_amount", "Recent Deal Amount", _DEALS)),
        read_only(moment("recent_deal_close_date", "Recent Deal Close Date", _DEALS)),
    ]


def _inquiry() -> list[Definition]:
    made = [
        choice("inquiry_service", "お問い合わせサービス", _INQUIRY, SERVICES, "checkbox"),
        moment("inquiry_date", "お問い合わせ日時", _INQUIRY),
        choice("inquiry_source", "お問い合わせ経路", _INQUIRY, _SOURCES),
        text("inquiry_text", "お問い合わせ内容", _INQUIRY, "textarea"),
        choice("attempted_kind", "連絡試行済みの内訳", _INQUIRY, _ATTEMPTED),
        choice("unqualified_reason", "見込み無しの理由", _INQUIRY, _UNQUALIFIED),
        choice("bad_timing_reason", "タイミング悪しの理由", _INQUIRY, _BAD_TIMING),
        choice("connected_kind", "接続済みの内訳", _INQUIRY, _CONNECTED),
        number("lead_score", "リードスコア", _INQUIRY),
        choice("lead_rank", "リードランク", _INQUIRY, _RANKS),
        text("prefecture", "都道府県", _INQUIRY),
        text("introduction_timing", "導入時期", _INQUIRY),
        text("employee_band", "従業員規模", _INQUIRY),
        text("position_type", "お立場", _INQUIRY),
        text("acquired_by", "獲得者", _INQUIRY),
        day("next_contact_date", "次回連絡日", _INQUIRY),
    ]
    return [custom(one) for one in made]
