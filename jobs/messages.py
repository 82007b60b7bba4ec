"""Puts findings and contacts into words for one reader: the data behind every message, card and list."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Row

from connector.mirror import reads
from connector.mirror.reads import ContactLabel
from connector.mirror.shared_rows import stored_portal
from connector.mirror.tables import MirrorSchema
from jobs import approvals, busy, queue_zero
from jobs.database import snapshot
from jobs.deliver import Prepared, Target
from jobs.escalate import KINDS, UNREACHED, announced
from jobs.ledger import deliveries, rule_sets, told
from jobs.ledger.rests import DUE_STATES
from jobs.people import SEE_ALL_ROLES, SlackDirectory, slack_user_of
from jobs.remind import LEAK_CONVERSATION
from jobs.reminder_policy import Moment, Urgency
from rules.asks import judges_owner
from rules.model import People, Person, Rule, RuleSet
from rules.text import Text
from slack_app.blocks.approvals import approvals as approvals_message
from slack_app.blocks.message import message
from slack_app.blocks.property_news import property_news
from slack_app.blocks.queue_zero import empty_queues
from slack_app.blocks.rule_news import rule_news
from slack_app.config import SlackConfig
from slack_app.courier import Courier
from slack_app.views import (
    Approvals,
    ApprovalsView,
    CapLine,
    ContactCard,
    DifferenceLine,
    EmptyQueueLine,
    EmptyQueuesView,
    FindingLine,
    MessageKind,
    MessageView,
    MistakeLine,
    PropertyNewsView,
    RuleNewsView,
)

# The level of escalation that a message of each kind tells of.
ABOVE: Mapping[str, int] = {kind: level for level, kind in KINDS.items()}
_LISTS = ("digest", "later")
_TAKE_OVER = ("digest", "leak_check", "leak_free")


def ending(row: Row[Any]) -> str | None:
    """The key of the text that says how it ended, or None while people are asked to act."""
    if row.open_key is None:
        return f"closed.{row.closed_reason}"
    if row.dismissed_at is not None:
        return "closed.dismissed"
    return "closed.expired" if row.state == "expired" else None


def _ended_here(row: Row[Any], delivery: Row[Any]) -> str | None:
    """As `ending`; what has fallen to somebody else since has ended for its former owner and for those above."""
    how = ending(row)
    if how is not None or delivery.conversation == LEAK_CONVERSATION:
        return how
    if delivery.kind in ABOVE:
        return "closed.owner_changed" if row.level < ABOVE[delivery.kind] else None
    return "closed.owner_changed" if row.owner_id != delivery.owner_id else None


def _team(delivery: Row[Any]) -> str:
    """The role that names the team of a message to one; several may share a channel."""
    return delivery.conversation.partition(":")[2] if delivery.kind == "team" else ""


def _worth_sending(delivery: Row[Any], still_open: Sequence[FindingLine]) -> bool:
    """Calling somebody again and telling others is only for what nobody has put to rest since."""
    if delivery.kind == "nudge" or delivery.kind in ABOVE:
        return any(line.state in DUE_STATES for line in still_open)
    return bool(still_open) or delivery.kind == "leak_free"


class Scribe:
    """Knows the rules' titles, the people's names and the portal; reads the mirror for each contact."""

    def __init__(
        self,
        engine: Engine,
        rule_set: RuleSet,
        people: People,
        schema: MirrorSchema,
        app_address: str,
        moment: Moment,
        urgencies: Mapping[str, Urgency],
    ) -> None:
        self._engine = engine
        self._rules = rule_set
        self._people = people
        self._schema = schema
        self._moment = moment
        self._urgencies = urgencies
        # Counted once for all messages of a round.
        self._waiting: Mapping[str, Approvals] | None = None
        with snapshot(engine) as connection:
            portal = stored_portal(connection)
        self._records_at = f"{app_address.rstrip('/')}/contacts/{portal.id if portal else ''}/record/0-1"

    @functools.cached_property
    def _about_owners(self) -> set[str]:
        """The rules whose findings another owner may settle."""
        return {rule.id for rule in self._rules.rules if rule.finding and judges_owner(rule)}

    def prepare(self, row: Row[Any], target: Target) -> Prepared | None:
        """A delivery as it should look now; None when it was never sent and has nothing open left to say."""
        if row.news_id is not None:
            return self._news(row, target)
        if row.kind == queue_zero.KIND:
            return self._empty_queues(row, target)
        if row.kind == approvals.KIND:
            return self._approvals(row, target)
        above = row.kind in ABOVE
        with snapshot(self._engine) as connection:
            rows = deliveries.findings_of(connection, row.id)
            slack_id = slack_user_of(connection, row.owner_id)
            # Until the later message has arrived, this one is where people see the matters.
            taken_over = row.superseded and (above or deliveries.is_followed(connection, row, _TAKE_OVER))
        day, to = date.fromisoformat(row.day), None if target.fallback else self._people.person(row.owner_id)
        tomorrow = self._rules.calendar.next_open_day(day + timedelta(days=1))
        lines = self.lines(rows, target.language, ended=lambda one: _ended_here(one, row), until=tomorrow, to=to)
        still_open = [line for line in lines if line.closed_reason is None]
        if row.state != "sent" and not _worth_sending(row, still_open):
            return None
        view = MessageView(
            kind=MessageKind.FALLBACK if target.fallback and row.kind in _LISTS else MessageKind(row.kind),
            language=target.language,
            day=day,
            addressee=self._name(row.owner_id) or _team(row),
            lines=(*still_open, *(line for line in lines if line.closed_reason is not None)),
            superseded=taken_over and bool(still_open) and not above,
            addressee_slack_id=slack_id,
            approvals=self._waits(row) if row.kind == "digest" and not target.fallback else Approvals(),
        )
        # Until a later digest takes over, what is closed may open again and must then be seen here.
        settled = taken_over or row.kind == "leak_free"
        return Prepared(message(view), settled)

    def _approvals(self, row: Row[Any], target: Target) -> Prepared | None:
        """None where the person is not reached: a stand-in may not decide."""
        if target.fallback:
            return None
        with snapshot(self._engine) as connection:
            superseded = deliveries.is_followed(connection, row, approvals.SAYING)
        waits = Approvals() if superseded else self._waits(row)
        if row.state != "sent" and not waits:
            return None
        view = ApprovalsView(target.language, date.fromisoformat(row.day), waits, superseded)
        return Prepared(approvals_message(view), settled=not waits)

    def _waits(self, row: Row[Any]) -> Approvals:
        """For the addressee, unless a later message says so."""
        with snapshot(self._engine) as connection:
            if self._waiting is None:
                self._waiting = approvals.waiting(connection, self._rules, self._people, self._schema, self._moment.now)
            found = self._waiting.get(row.owner_id, Approvals())
            said_later = bool(found) and deliveries.is_followed(connection, row, (approvals.KIND,))
        return Approvals() if said_later else found

    def _empty_queues(self, row: Row[Any], target: Target) -> Prepared | None:
        """Never edited. None where the person is not reached: good news needs no stand-in."""
        if target.fallback:
            return None
        calendar = self._rules.calendar
        with snapshot(self._engine) as connection:
            found = queue_zero.said_by(connection, row, self._rules)
        lines = tuple(
            EmptyQueueLine(
                title=queue.title.in_language(target.language),
                filled_since=calendar.local_date(one.filled_since),
                days=(calendar.local_date(one.at) - calendar.local_date(one.filled_since)).days,
            )
            for queue, one in found
        )
        if not lines:  # the rules know these queues no more
            return None
        return Prepared(
            empty_queues(EmptyQueuesView(target.language, date.fromisoformat(row.day), lines)), settled=True
        )

    def _news(self, row: Row[Any], target: Target) -> Prepared | None:
        with snapshot(self._engine) as connection:
            news = rule_sets.news(connection, row.news_id)
        if news is None or (row.state != "sent" and news.mended_at is not None):
            return None
        if news.kind in (rule_sets.DRIFT, rule_sets.OPTIONS):
            about = property_view(news, target.language, self._rules.calendar.zone, superseded=row.superseded)
            done = news.kind == rule_sets.OPTIONS or news.mended_at is not None or row.superseded
            return Prepared(property_news(about), done)
        view = news_view(news, target.language, self._rules.calendar.zone, superseded=row.superseded)
        final = news.kind == rule_sets.CHANGED or news.mended_at is not None or row.superseded
        return Prepared(rule_news(view), final)

    def reader(self, row: Row[Any], directory: SlackDirectory, now: datetime) -> str | None:
        """The owner who gets a delivery; None where it goes to a channel."""
        reached = directory.reach(row.owner_id, now) if row.owner_id else None
        return reached.owner_id if reached is not None else None

    def target(
        self, row: Row[Any], directory: SlackDirectory, courier: Courier, config: SlackConfig, now: datetime
    ) -> Target | None:
        """Where a delivery goes: a channel, the person's direct messages, or the fallback channel."""
        if row.conversation == LEAK_CONVERSATION:
            channel = courier.channel_id(config.leak_channel) if config.leak_channel else None
            return Target(channel, config.language, fallback=False) if channel else None
        team = config.team_channels.get(row.conversation.removeprefix("team:")) if row.kind == "team" else None
        if team and (channel := courier.channel_id(team)):
            return Target(channel, config.language, fallback=False)
        reached = directory.reach(row.owner_id, now) if row.owner_id else None
        if reached is not None:
            return Target(courier.direct_channel(reached.slack_user_id), reached.language, fallback=reached.stands_in)
        channel = courier.channel_id(config.fallback_channel) if config.fallback_channel else None
        return Target(channel, config.language, fallback=True) if channel else None

    def lines(
        self,
        rows: Sequence[Row[Any]],
        language: str,
        *,
        ended: Callable[[Row[Any]], str | None] = ending,
        until: date = date.max,
        to: Person | None = None,
    ) -> list[FindingLine]:
        """Findings in the order given. `ended` says how each has ended for those who read this; that somebody else is
        told next is said where that happens up to and on the day `until`. `to` is who reads it, where that is known.
        """
        contacts = self._contacts({row.object_id for row in rows})
        with snapshot(self._engine) as connection:
            times = told.times_told(connection, [row.id for row in rows])
        return [
            dataclasses.replace(
                self._line(row, contacts.get(row.object_id), language, until),
                closed_reason=ended(row),
                told=times.get(row.id, 0),
                reassigns=to is not None and bool(to.roles & SEE_ALL_ROLES) and row.rule in self._about_owners,
            )
            for row in rows
        ]

    def cards(self, ids: Sequence[str], language: str) -> list[ContactCard]:
        """Live contacts among `ids`, in that order."""
        contacts = self._contacts(ids)
        return [
            ContactCard(
                contact_id=i,
                name=contacts[i].name,
                company=contacts[i].company,
                email=contacts[i].email,
                status=contacts[i].lead_status,
                status_label=self.status_label(contacts[i].lead_status, language),
                owner_name=self._name(contacts[i].owner_id),
                url=self.url(i),
            )
            for i in ids
            if i in contacts and contacts[i].live
        ]

    def status_label(self, value: str | None, language: str) -> str:
        """The status in words; a value outside the vocabulary as it stands, nothing where there is none."""
        status = self._rules.vocabulary.status(value)
        return status.label.in_language(language) if status else (value or "")

    def url(self, contact_id: str) -> str:
        return f"{self._records_at}/{contact_id}"

    def _contacts(self, ids: Collection[str]) -> Mapping[str, ContactLabel]:
        with snapshot(self._engine) as connection:
            return reads.contact_labels(connection, self._schema, ids)

    def _name(self, owner_id: str | None) -> str | None:
        person = self._people.person(owner_id)
        return person.name if person else None

    def _line(self, row: Row[Any], contact: ContactLabel | None, language: str, until: date) -> FindingLine:
        rule = next((rule for rule in self._rules.rules if rule.id == row.rule), None)
        title, said = _words(row, rule)
        status = contact.lead_status if contact else None
        zone = self._rules.calendar.zone
        acknowledged, snoozed = row.state == "acknowledged", row.state == "snoozed"
        step = announced(row, self._urgencies, self._moment, self._people)
        following = step if step is not None and step.day <= until else None
        return FindingLine(
            finding_id=row.id,
            rule=row.rule,
            code=row.code,
            title=title.in_language(language),
            reason=said.in_language(language),
            contact_id=row.object_id,
            contact_name=contact.name if contact else row.object_id,
            company=contact.company if contact else None,
            status=status,
            status_label=self.status_label(status, language),
            owner_name=self._name(row.owner_id),
            since=(row.status_since or row.opened_at).astimezone(zone).date(),
            url=self.url(row.object_id),
            state=row.state,
            acknowledged_by=row.acknowledged_by if acknowledged else None,
            acknowledged_until=row.acknowledged_until.astimezone(zone) if acknowledged else None,
            suggested=rule.suggested(self._rules.vocabulary.property) if rule else (),
            revision=row.revision,
            snoozed_by=row.snoozed_by if snoozed else None,
            snoozed_until=row.snoozed_until.astimezone(zone) if snoozed else None,
            ping=row.ping_why,
            level=row.level,
            unreached=row.level_reason in UNREACHED,
            next_level=following.level if following else None,
            next_day=following.day if following else None,
        )


def _words(row: Row[Any], rule: Rule | None) -> tuple[Text, Text]:
    """Its title and why it holds. The finding about the rules themselves stands in no rule file."""
    if row.rule == busy.BUSY:
        return busy.TITLE, busy.MESSAGE
    if rule is None:
        return Text(row.rule, row.rule), Text("", "")
    return rule.title, rule.finding.message if rule.finding else Text("", "")


def news_view(news: Row[Any], language: str, zone: ZoneInfo, *, superseded: bool) -> RuleNewsView:
    """What the ledger keeps of a broken or changed rule set, in the reader's language."""
    ending = "_ja" if language == "ja" else ""
    detail = news.detail
    return RuleNewsView(
        language=language,
        broken=news.kind == rule_sets.BROKEN,
        count=detail["count"],
        mistakes=tuple(
            MistakeLine(f"{m['file']}:{m['line']}", m[f"message{ending}"], m[f"hint{ending}"])
            for m in detail.get("mistakes", ())
        ),
        differences=tuple(
            DifferenceLine(d["title"][language], d["kind"], d["subject"], d["appears"], d["disappears"])
            for d in detail.get("differences", ())
        ),
        compared=detail.get("compared", True),
        mended_at=news.mended_at.astimezone(zone) if news.mended_at else None,
        superseded=superseded,
        cap=_cap(detail, language) if news.kind == rule_sets.OVER_CAP else None,
    )


def property_view(news: Row[Any], language: str, zone: ZoneInfo, *, superseded: bool) -> PropertyNewsView:
    """What the ledger keeps of a property that changed in the CRM, in the reader's language."""
    detail = news.detail
    return PropertyNewsView(
        language=language,
        name=detail["name"],
        label=detail["label"],
        misfits=tuple(detail.get("said", {}).get(language, ())),
        added=tuple(detail["added"]),
        stops=detail.get("stops", True),
        mended_at=news.mended_at.astimezone(zone) if news.mended_at else None,
        superseded=superseded,
    )


def _cap(detail: Mapping[str, Any], language: str) -> CapLine:
    return CapLine(detail["rule"], detail["title"][language], detail["limit"], detail["wanted"])
