"""Small portals made of awkward values: borders of days, ties, gaps, unknown values, records that are gone."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from connector.sandbox.activity_properties import CONNECTED_DISPOSITION, meeting_properties
from connector.sandbox.company_deal_properties import deal_properties
from connector.sandbox.contact_properties import contact_properties
from connector.sandbox.state import HistoryEntry, Portal, StoredObject, StoredOwner, StoredTeam
from tests.rules.portal import SUNDAY

_STATUSES = (
    "NEW", "OPEN", "IN_PROGRESS", "ATTEMPTED_TO_CONTACT", "UNQUALIFIED", "OPEN_DEAL", "BAD_TIMING", "CONNECTED",
    "OPEN_DEAL", "OPEN_DEAL", "", "連絡済み", "open_deal",
)  # fmt: skip
_SERVICES = ("factory_navi", "recruit_site", "crm_setup", "Crm_setup", "gone_service")
_TEAMS = (("IS",), ("FS",), ("FS", "IS"), ("Manager",), ("Ops",), ("Telemarketing",), ("FS",), ())
_MAILS = ("", "", *(f"p{n}@firm.example" for n in range(150)), "P1@FIRM.example ", "ｐ２@firm.example")
_LAST_NAMES = ("髙橋", "高橋", "山﨑", "山崎", "渡邊", "佐 藤", "佐藤", "")
_FIRST_NAMES = ("ｱｷﾗ", "アキラ", "太郎", "花子", "")
_COMPANIES = ("㈱あおば", "株式会社あおば", "あおば（株）", "アオバ", "ｱｵﾊﾞ", "合同会社みどり", "みどり", "株式会社", "")
_PHONES = ("", "", "090-1111-2222", "+81-90-1111-2222", "０９０１１１１２２２２", "03-1111-2222", "08033334444")
_TEXTS = (
    "貴社のＨＰを拝見しました", "売上を３倍に", "コスト削減のｺﾞ提案", "ご提案です", "15分だけお時間を", "日程調整はCALENDAR.example",
    "配信停止はこちら", "営業代行です", "費用を教えてください", "資料を希望します", "見積", "HPを拝見", "30%アップ", "２０分",
)  # fmt: skip
_USERS = (None, 99, *range(1, 12))
_OUTCOMES = ("", "SCHEDULED", "COMPLETED", "CANCELED", "NO_SHOW", "RESCHEDULED")


def make_random_portal(seed: int, contacts: int = 200) -> Portal:
    chance = random.Random(seed)
    portal = Portal(
        portal_id=1,
        time_zone="Asia/Tokyo",
        objects={
            name: {} for name in ("contacts", "companies", "deals", "meetings", "calls", "emails", "notes", "tasks")
        },
        associations=set(),
        owners={str(n): _owner(n, team) for n, team in enumerate(_TEAMS, start=1)},
        lists={},
        pipelines=[],
        definitions={"contacts": contact_properties(), "deals": deal_properties(), "meetings": meeting_properties()},
    )
    for number in range(contacts):
        portal.objects["contacts"][str(number + 1)] = _contact(chance)
    for number in range(contacts):
        if number % 2 == 0:
            _link(portal, chance, "companies", str(3000 + number), _company(chance), contacts)
        for start, object_type, make in ((11000, "calls", _call), (13000, "emails", _email), (15000, "notes", _note)):
            _link(portal, chance, object_type, str(start + number), make(chance), contacts)
        if number % 3 == 0:
            _link(portal, chance, "deals", str(5000 + number), _deal(chance), contacts)
        _link(portal, chance, "meetings", str(9000 + number), _meeting(chance), contacts)
    return portal


def edit(portal: Portal, seed: int) -> None:
    """What people do in between: new statuses, deals won and lost, meetings moved, records archived and merged."""
    chance = random.Random(seed)
    for object_type in ("contacts", "companies", "deals", "meetings", "calls", "emails", "notes"):
        records = portal.objects[object_type]
        for key in chance.sample(sorted(records), len(records) // 4):
            changed = make_record(object_type, chance)
            changed.properties = {**records[key].properties, **changed.properties}
            changed.updated_at = records[key].updated_at + timedelta(milliseconds=1)
            records[key] = changed
    for link in chance.sample(sorted(portal.associations), len(portal.associations) // 10):
        portal.associations.discard(link)


def make_record(object_type: str, chance: random.Random) -> StoredObject:
    makers = {
        "contacts": _contact,
        "companies": _company,
        "deals": _deal,
        "meetings": _meeting,
        "calls": _call,
        "emails": _email,
        "notes": _note,
    }
    return makers[object_type](chance)


def _owner(number: int, teams: tuple[str, ...]) -> StoredOwner:
    found = [StoredTeam(str(i), name) for i, name in enumerate(teams)]
    return StoredOwner(str(number), f"p{number}@firm.example", "", f"P{number}", number, found, SUNDAY, number >= 7)


def _moment(chance: random.Random, furthest: int = 60) -> datetime:
    """Often right at, before or after midnight in Tokyo."""
    day = (SUNDAY - timedelta(days=int(abs(chance.gauss(0, furthest / 3))) - 3)).replace(hour=0)
    exact = chance.choice((0, 0, -1, 1, chance.randrange(86_400_000)))
    return day + timedelta(milliseconds=exact)


def _text(chance: random.Random, *, missing: float = 0.15, furthest: int = 60) -> str:
    return "" if chance.random() < missing else _moment(chance, furthest).isoformat()


def _gone(chance: random.Random) -> dict[str, object]:
    if chance.random() > 0.06:
        return {}
    return {"archived_at": SUNDAY, "merged_into": chance.choice((None, "1"))}


def _contact(chance: random.Random) -> StoredObject:
    entries = sorted(_moment(chance) for _ in range(chance.choice((0, 1, 1, 2, 3, 5))))
    if len(entries) > 1 and chance.random() < 0.3:
        entries[1] = entries[0]
    history = [HistoryEntry(chance.choice(_STATUSES), at, updated_by_user_id=chance.choice(_USERS)) for at in entries]
    status = history[-1].value if history else chance.choice(_STATUSES)
    created = _moment(chance, 200)
    properties = {
        "hs_lead_status": status,
        "createdate": created.isoformat(),
        "inquiry_date": _text(chance, missing=0.4, furthest=90),
        "hubspot_owner_id": chance.choice(("", "99", *(str(n) for n in range(1, 9)))),
        "inquiry_service": ";".join(chance.sample(_SERVICES, chance.choice((0, 0, 1, 1, 2, 3)))),
        "notes_last_contacted": _text(chance, missing=0.4),
        "email": chance.choice(_MAILS),
        "lastname": chance.choice(_LAST_NAMES),
        "firstname": chance.choice(_FIRST_NAMES),
        "company": chance.choice(_COMPANIES),
        "phone": chance.choice(_PHONES),
        "mobilephone": chance.choice(_PHONES),
        "inquiry_text": "。".join(chance.sample(_TEXTS, chance.choice((0, 1, 2, 3, 4)))),
        "unqualified_reason": chance.choice(("sales_pitch", "sales_pitch", "no_fit", "")),
    }
    return StoredObject(properties, created, created, {"hs_lead_status": history[::-1]}, **_gone(chance))


def _company(chance: random.Random) -> StoredObject:
    created = _moment(chance)
    return StoredObject({"name": chance.choice(_COMPANIES)}, created, created, **_gone(chance))


def _deal(chance: random.Random) -> StoredObject:
    created = _moment(chance, 90)
    properties = {
        "createdate": created.isoformat(),
        "closedate": _text(chance, missing=0.3),
        "hs_is_closed": chance.choice(("true", "true", "false", "")),
        "hs_is_closed_won": chance.choice(("true", "false", "false", "")),
        "service": chance.choice(("", *_SERVICES)),
        "hubspot_owner_id": str(chance.randrange(1, 9)),
    }
    return StoredObject(properties, created, created, **_gone(chance))


def _meeting(chance: random.Random) -> StoredObject:
    created = _moment(chance)
    properties = {
        "hs_meeting_start_time": _text(chance, missing=0.05),
        "hs_meeting_end_time": _text(chance, missing=0.5),
        "hs_meeting_outcome": chance.choice(_OUTCOMES),
        "hubspot_owner_id": chance.choice(("", "2", "2", "3", "7", "99")),
    }
    return StoredObject(properties, created, created, **_gone(chance))


def _call(chance: random.Random) -> StoredObject:
    return _activity(
        chance,
        hs_call_direction=chance.choice(("OUTBOUND", "INBOUND", "")),
        hs_call_disposition=chance.choice((CONNECTED_DISPOSITION, "73a0d17f-1163-4015-bdd5-ec830791da20", "")),
    )


def _email(chance: random.Random) -> StoredObject:
    return _activity(chance, hs_email_direction=chance.choice(("EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL", "")))


def _note(chance: random.Random) -> StoredObject:
    return _activity(chance, hs_note_body=chance.choice(("【会話】お話ししました", "<p>メモ【会話】</p>", "会話", "")))


def _activity(chance: random.Random, **properties: str) -> StoredObject:
    created = _moment(chance)
    said = {"hs_timestamp": _text(chance, missing=0.05), **properties}
    return StoredObject(said, created, created, **_gone(chance))


def _link(
    portal: Portal, chance: random.Random, object_type: str, key: str, record: StoredObject, contacts: int
) -> None:
    portal.objects[object_type][key] = record
    for _ in range(chance.choice((0, 1, 1, 1, 2))):
        contact = str(chance.randrange(1, contacts))
        for type_id in chance.sample((1, 200, 201), chance.choice((1, 1, 2))):
            portal.associations.add(("contacts", contact, object_type, key, type_id))
            portal.associations.add((object_type, key, "contacts", contact, type_id + 1))
