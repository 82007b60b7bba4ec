"""Everything that we can show in Slack, each with the longest values that are likely: one line per message or view.

`python -m tests.slack_app.every_view` writes them to `docs/slack-messages/`, for whoever wants to check them elsewhere.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from slack_app.backend import Answer, Offer
from slack_app.blocks import (
    answers,
    company_form,
    dismiss_form,
    home_forms,
    modal,
    plan,
    proposals,
    reassign_form,
    snooze_form,
)
from slack_app.blocks.approvals import approvals
from slack_app.blocks.doctor import doctor, trial_card, trial_over
from slack_app.blocks.finding import seen
from slack_app.blocks.home import home, home_without_owner
from slack_app.blocks.message import message
from slack_app.blocks.property_news import property_news
from slack_app.blocks.queue_zero import empty_queues
from slack_app.blocks.rule_news import rule_news
from slack_app.blocks.why import why
from slack_app.courier import Message
from slack_app.home_view import HomeView, MemberLine, Preferences, QueueLine, RuleHealth, UnreachedLine, Week
from slack_app.listeners.status_form import not_opened
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import LANGUAGES, catalogue
from slack_app.texts.said import Said
from slack_app.views import (
    Approvals,
    ApprovalsView,
    CapLine,
    ChangeGroup,
    ChangeLine,
    CheckLine,
    Choice,
    CompanyView,
    ConditionLine,
    DifferenceLine,
    EmptyQueueLine,
    EmptyQueuesView,
    FindingLine,
    MessageKind,
    MistakeLine,
    PlanView,
    PropertyNewsView,
    ReasonQuestion,
    RuleNewsView,
    StatusChoice,
    ToldLine,
    WhyLine,
    WhyView,
)
from tests.slack_app.builders import DAY, make_card, make_home, make_line, make_view

FOLDER = Path(__file__).parents[2] / "docs" / "slack-messages"
Shown = Message | dict[str, Any]

AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
# Signs that Slack gives a meaning, and as long as names in a CRM get.
COMPANY = (
    "株式会社エヌ・アール・ビジネスソリューションズ東日本カンパニー <R&D> *第二営業統括本部*（旧：みなと精工株式会社）"
)
NAME = "Maximilian-Alexander von Hohenstein-Wolfenbüttel（ホーエンシュタイン・マクシミリアン） <!channel>"
TITLE = "オープン取引なのに初回商談も取引も見当たらず、10 営業日を過ぎても更新がないリード（要確認）"
REASON = (
    "オープン取引になってから 10 営業日を過ぎましたが、FS の商談も取引もなく、次のステータスにも変更されていません。"
    * 2
)
URL = "https://app.hubspot.example/contacts/123456789012/record/0-1/123456789012345"
CARD = make_card(
    name=NAME, company=COMPANY, status_label="連絡試行済み（反応なし・再連絡待ち）", owner_name=NAME, url=URL
)
OPTIONS = tuple(Choice(f"option_{n}", f"{COMPANY}{n}") for n in range(30))
QUESTION = ReasonQuestion("bad_timing_reason", f"タイミングが合わない理由：{REASON}", OPTIONS)
STATUSES = tuple(StatusChoice(f"STATUS_{n}", f"{TITLE}{n}", (QUESTION,)) for n in range(8))


def line(number: int, **changes: Any) -> FindingLine:
    """One of many findings. Their numbers and owners differ, so that nothing folds into one."""
    long: dict[str, Any] = {
        "contact_id": str(123_456_789_000 + number),
        "contact_name": NAME,
        "company": COMPANY,
        "title": TITLE,
        "reason": REASON,
        "status_label": "連絡試行済み（反応なし・再連絡待ち）",
        "owner_name": f"{NAME}{number % 50}",
        "url": URL,
        "suggested": ("BAD_TIMING", "IN_PROGRESS"),
        "level": number % 3,
        "next_level": 2 + number % 2,
        "next_day": date(2026, 12, 25),
        "reassigns": number % 2 == 0,
    }
    return make_line(number, **(long | changes))


OPEN = [line(n) for n in range(60)]
TAKEN = line(70, state="acknowledged", acknowledged_by=NAME, acknowledged_until=AT)
SNOOZED = [line(n, state="snoozed", snoozed_by=NAME, snoozed_until=AT) for n in range(100, 160)]
CLOSED = [line(n, state="resolved", closed_reason="closed.rule_changed") for n in range(80, 100)]


def told(kind: MessageKind, *lines: FindingLine, **changes: Any) -> Callable[[str], Shown]:
    return lambda language: message(make_view(*lines, kind=kind, language=language, addressee=NAME, **changes))


def news(**changes: Any) -> Callable[[str], Shown]:
    values: dict[str, Any] = {"broken": True, "count": 137, **changes}
    return lambda language: rule_news(RuleNewsView(language, **values))


def about_property(**changes: Any) -> Callable[[str], Shown]:
    values: dict[str, Any] = {"name": "a_property_with_a_name_as_long_as_hubspot_allows" * 2, "label": TITLE, **changes}
    return lambda language: property_news(PropertyNewsView(language, **values))


MISTAKE = MistakeLine("fs-leak-check-for-the-second-department.yaml:1234", REASON * 2, f"もしかして「{TITLE}」?")
DIFFERENCES = tuple(DifferenceLine(TITLE, kind, COMPANY, 12_345, 67_890) for kind in ("finding", "list", "set") * 20)


def full_home() -> HomeView:
    queues = tuple(QueueLine(TITLE, 12_345, date(2025, 12, 31), 2_345, 0) for _ in range(20))
    whys = ("missing", "denied", "away", "away")
    return make_home(
        *OPEN,
        TAKEN,
        *SNOOZED,
        queues=(*queues, QueueLine(TITLE, 0, None, None, 365)),
        week=Week(1_234, 567, 89),
        preferences=Preferences("ja", time(17, 30), time(9, 30), frozenset({0, 2, 4, 6}), date(2027, 1, 4)),
        asks_who=NAME,
        members=tuple(MemberLine(f"{NAME}{n}", 1_234, n % 3) for n in range(60)),
        health=RuleHealth(137, (TITLE,) * 30),
        unreached=tuple(
            UnreachedLine(str(n), NAME, f"{'m' * 60}@crm.example", whys[n % 4], DAY if n % 4 == 3 else None, NAME)
            for n in range(60)
        ),
    )


WHYS = WhyView(
    CARD,
    (
        WhyLine(
            OPEN[0],
            AT,
            tuple(ConditionLine(REASON, COMPANY, held, depth) for depth in range(3) for held in (True, False, None)),
            (ToldLine("why.told", {"at": "11/25 09:30", "name": NAME}),) * 3,
        ),
        WhyLine(OPEN[1], AT, (), (ToldLine("why.no_receiver", {}),)),
        WhyLine(CLOSED[0], AT, (), ()),
        WhyLine(line(71, closed_reason="closed.dismissed"), AT, (), ()),
    ),
    ToldLine("why.for_company", {"at": "11/25 09:30", "name": NAME, "after": TITLE}),
)
OTHERS = tuple(
    dataclasses.replace(CARD, contact_id=str(123_456_789_000 + n), status="ATTEMPTED_TO_CONTACT")
    for n in range(company_form.SHOWN_AT_MOST)
)
COLLEAGUES = CompanyView(123_456, CARD, TITLE, (COMPANY, TITLE), OTHERS, 12_345)


def changes(start: int, count: int, limit: int) -> ChangeGroup:
    found = (
        ChangeLine(n, str(123_456_789_000 + n), NAME, COMPANY, URL, f"{TITLE}: {COMPANY} → {COMPANY}")
        for n in range(start, start + count)
    )
    return ChangeGroup("long-rule-name", TITLE, count, limit, 1_234, tuple(found) if count <= limit else ())


CHANGES = (changes(1_000_000, 60, 200), changes(2_000_000, 300, 200))
PLAN = PlanView(2_000_000, AT, CHANGES)
ANSWER = Answer(
    True,
    "answer.conflict_by",
    {"contact": NAME, "after": TITLE, "seen": TITLE, "name": NAME, "at": "11/25 09:30"},
    (Offer("write_anyway", "123456"), Offer("leave_it", "123456"), Offer("company_wide", "123456", 12_345)),
)
OWNERS = tuple(Choice(str(n), f"{NAME}{n}") for n in range(120))

LOST = Said("doctor.people_lost", {"names": tuple(f"{NAME} <{n}@crm.example>" for n in range(60))})
CHECKS = (
    CheckLine("people", False, Said("doctor.people_wrong", {"problems": (LOST, LOST)}), Said("doctor.people_remedy")),
    CheckLine("alarm", True, Said("doctor.alarm_none"), Said("doctor.alarm_none_remedy")),
    *(CheckLine(name, True, Said("doctor.slack_off")) for name in ("settings", "database", "last cycle")),
)

WAITING = Approvals(changes=12_345, rules=37, proposals=1_234)

EVERY: Mapping[str, Callable[[str], Shown]] = {
    "digest": told(MessageKind.DIGEST, *OPEN, TAKEN, *CLOSED),
    "digest-approvals": told(MessageKind.DIGEST, *OPEN, TAKEN, *CLOSED, approvals=WAITING),
    "digest-acknowledged": told(
        MessageKind.DIGEST, TAKEN, SNOOZED[0], line(1, company=None, code=None, status_label="")
    ),
    "digest-done": told(MessageKind.DIGEST, *CLOSED),
    "digest-superseded": told(MessageKind.DIGEST, *OPEN, superseded=True),
    "later": told(MessageKind.LATER, *OPEN),
    "fallback": told(MessageKind.FALLBACK, *OPEN, *CLOSED),
    "leak_check": told(MessageKind.LEAK_CHECK, *OPEN, *CLOSED),
    "leak_check-few": told(MessageKind.LEAK_CHECK, *OPEN[:5]),
    "leak_check-done": told(MessageKind.LEAK_CHECK, *CLOSED),
    "leak_free": told(MessageKind.LEAK_FREE),
    "nudge": told(MessageKind.NUDGE, *OPEN, addressee_slack_id="U0123456789"),
    "team": told(MessageKind.TEAM, *OPEN, *CLOSED),
    "manager": told(MessageKind.MANAGER, *OPEN, TAKEN, *CLOSED),
    "rules-broken": news(mistakes=(MISTAKE,) * 20),
    "rules-mended": news(mended_at=AT),
    "rules-superseded": news(superseded=True),
    "rules-changed": news(broken=False, differences=DIFFERENCES),
    "rules-over-cap": news(broken=False, cap=CapLine("long-rule-name", TITLE, 200, 12_345)),
    "rules-within-cap-again": news(broken=False, cap=CapLine("long-rule-name", TITLE, 200, 12_345), mended_at=AT),
    "rules-not-compared": news(broken=False, compared=False),
    "property-drift": about_property(misfits=(REASON,) * 30, added=(COMPANY,) * 30),
    "property-unread": about_property(misfits=(REASON,), stops=False),
    "property-fits-again": about_property(misfits=(REASON,), mended_at=AT),
    "property-superseded": about_property(misfits=(REASON,), superseded=True),
    "property-options": about_property(added=(COMPANY,) * 30),
    "approvals": lambda language: approvals(ApprovalsView(language, DAY, WAITING)),
    "approvals-done": lambda language: approvals(ApprovalsView(language, DAY, Approvals())),
    "approvals-superseded": lambda language: approvals(ApprovalsView(language, DAY, WAITING, superseded=True)),
    "queue_zero": lambda language: empty_queues(
        EmptyQueuesView(language, DAY, (EmptyQueueLine(TITLE, date(2025, 12, 31), 1_234),) * 30)
    ),
    "answer-sentence": lambda language: answers.sentence(catalogue(language).mrkdwn("command.help")),
    "answer-contact": lambda language: answers.contact_card(CARD, catalogue(language)),
    "answer-offers": lambda language: answers.answered(ANSWER, catalogue(language)),
    "answer-choice": lambda language: answers.contact_choice(
        [dataclasses.replace(CARD, contact_id=str(n)) for n in range(50)], COMPANY, "status", 10, catalogue(language)
    ),
    "answer-why": lambda language: why(WHYS, catalogue(language)),
    "answer-doctor": lambda language: doctor(CHECKS, catalogue(language)),
    "answer-doctor-well": lambda language: doctor(CHECKS[2:], catalogue(language)),
    "trial-card": lambda language: trial_card("0123456789abcdef" * 2, catalogue(language)),
    "trial-done": lambda language: trial_over(catalogue(language), arrived=True),
    "trial-over": lambda language: trial_over(catalogue(language), arrived=False),
    "answer-proposals": lambda language: proposals.proposal_page(CHANGES, 10, catalogue(language)),
    "answer-no-proposals": lambda language: proposals.proposal_page((), 0, catalogue(language)),
    "reject-form": lambda language: proposals.reject_modal(1_000_000, URL, catalogue(language)),
    "plan-first": lambda language: plan.plan_modal(PLAN, plan.Review(2_000_000, 0, ()), catalogue(language)),
    "plan-last": lambda language: plan.plan_modal(
        PLAN, plan.Review(2_000_000, 1, tuple(range(1_000_000, 1_000_350))), catalogue(language)
    ),
    "plan-empty": lambda language: plan.plan_modal(PlanView(0, None, ()), plan.Review(0, 0, ()), catalogue(language)),
    "company-form": lambda language: company_form.company_modal(COLLEAGUES, catalogue(language)),
    "company-form-few": lambda language: company_form.company_modal(
        dataclasses.replace(COLLEAGUES, reasons=(), others=OTHERS[:1], count=1), catalogue(language)
    ),
    "dismiss-form": lambda language: dismiss_form.dismiss_modal(seen(OPEN[0]), catalogue(language)),
    "reassign-form": lambda language: reassign_form.reassign_modal(
        CARD, OWNERS, catalogue(language), catalogue(language).mrkdwn("answer.owner_unknown")
    ),
    "answer-findings": lambda language: answers.finding_page(OPEN, "team", 10, catalogue(language)),
    "answer-not-opened": lambda language: not_opened("123456789012 BAD_TIMING", catalogue(language)),
    "status-form": lambda language: modal.status_modal(
        CARD, STATUSES, "STATUS_3", catalogue(language), catalogue(language).mrkdwn("modal.reason_needed")
    ),
    "status-notice": lambda language: modal.notice_modal(Mrkdwn(REASON), catalogue(language)),
    "status-answer": lambda language: modal.message_modal(
        answers.answered(ANSWER, catalogue(language)), catalogue(language)
    ),
    "status-writing": lambda language: modal.writing_modal(catalogue(language)),
    "snooze-form": lambda language: snooze_form.snooze_modal(
        seen(OPEN[0]), catalogue(language), catalogue(language).mrkdwn("answer.snooze_unknown", words=REASON)
    ),
    "home": lambda language: home(full_home(), catalogue(language), catalogue(language).mrkdwn("modal.failed")),
    "home-empty": lambda language: home(make_home(), catalogue(language)),
    "home-unknown": lambda language: home_without_owner(catalogue(language)),
    "home-settings": lambda language: home_forms.settings_modal(full_home().preferences, catalogue(language)),
    "home-help": lambda language: home_forms.help_modal(catalogue(language)),
}


def as_json(shown: Shown) -> str:
    body = {"text": shown.text, "blocks": list(shown.blocks)} if isinstance(shown, Message) else shown
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def files() -> dict[str, str]:
    """What stands in the folder: name and content."""
    return {
        f"{name}.{language}.json": as_json(made(language)) for name, made in EVERY.items() for language in LANGUAGES
    }


def save() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for name, content in files().items():
        (FOLDER / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    save()
