"""Values for tests: only what a test is about needs to be named."""

from __future__ import annotations

from datetime import date
from typing import Any

from slack_app.home_view import HomeView, Preferences, Week
from slack_app.views import Choice, ContactCard, FindingLine, MessageKind, MessageView, ReasonQuestion, StatusChoice

DAY = date(2026, 11, 24)


def make_line(finding_id: int = 17, **changes: Any) -> FindingLine:
    values: dict[str, Any] = {
        "finding_id": finding_id,
        "rule": "l1-meeting-without-outcome",
        "code": "L1",
        "title": "商談後の結果が未入力",
        "reason": "初回商談（11/18）から 3 営業日たちましたが、取引も次のステータスもありません",
        "contact_id": str(484 + finding_id),
        "contact_name": "山田 太郎",
        "company": "株式会社みなと精工",
        "status": "OPEN_DEAL",
        "status_label": "オープン取引",
        "owner_name": "髙橋 健一",
        "since": date(2026, 11, 18),
        "url": f"https://crm.example/contacts/1/record/0-1/{484 + finding_id}",
        "state": "open",
    }
    return FindingLine(**(values | changes))


def make_view(*lines: FindingLine, **changes: Any) -> MessageView:
    values: dict[str, Any] = {
        "kind": MessageKind.DIGEST,
        "language": "ja",
        "day": DAY,
        "addressee": "髙橋 健一",
        "lines": lines,
    }
    return MessageView(**(values | changes))


def make_home(*lines: FindingLine, **changes: Any) -> HomeView:
    values: dict[str, Any] = {
        "today": DAY,
        "waiting": tuple(line for line in lines if line.state != "snoozed"),
        "snoozed": tuple(line for line in lines if line.state == "snoozed"),
        "queues": (),
        "week": Week(0, 0, 0),
        "preferences": Preferences(),
    }
    return HomeView(**(values | changes))


def make_card(contact_id: str = "501", **changes: Any) -> ContactCard:
    values: dict[str, Any] = {
        "contact_id": contact_id,
        "name": "山田 太郎",
        "company": "株式会社みなと精工",
        "email": f"taro_{contact_id}@minato.example",
        "status": "OPEN_DEAL",
        "status_label": "オープン取引",
        "owner_name": "髙橋 健一",
        "url": f"https://crm.example/contacts/1/record/0-1/{contact_id}",
    }
    return ContactCard(**(values | changes))


REASON = ReasonQuestion(
    "bad_timing_reason", "タイミングが合わない理由", (Choice("budget", "予算"), Choice("timing", "時期"))
)
CHOICES = (StatusChoice("BAD_TIMING", "タイミング悪し", (REASON,)), StatusChoice("IN_PROGRESS", "進行中"))
