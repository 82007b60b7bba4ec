"""The Home tab: what is waiting for the person who opens it, what the week brought, and the person's own settings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from slack_app.blocks.elements import Block, actions, button, context, divider, header, section
from slack_app.blocks.finding import finding_row
from slack_app.blocks.home_people import unreached_people
from slack_app.blocks.home_team import rule_health, team
from slack_app.cutting import cut
from slack_app.home_view import HomeView, Preferences, QueueLine, Week
from slack_app.limits import VIEW_BLOCKS
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import Catalogue
from slack_app.texts.dates import clock_words, short_day_words, weekday_words
from slack_app.views import FindingLine

SETTINGS_ACTION = "open_settings"
HELP_ACTION = "show_help"
CONFIRM_ACTION, DENY_ACTION = "is_me", "is_not_me"
_SHOWN = 20
_SHOWN_SNOOZED = 10
_SHOWN_QUEUES = 15
_TITLE_LIMIT = 60
_DAYS_OF_WORK = range(5)


def home(view: HomeView, say: Catalogue, notice: Mrkdwn | None = None) -> dict[str, Any]:
    """`notice` tells what the last click did."""
    blocks: list[Block] = [section(notice), divider()] if notice else []
    blocks += _who(view.asks_who, say) if view.asks_who else []
    blocks += _waiting(view.waiting, say)
    blocks += _snoozed(view.snoozed, say)
    blocks += queues_section(say.mrkdwn("home.queues"), view.queues, say, view)
    blocks += _week(view.week, say)
    blocks += team(view.members, say)
    blocks += rule_health(view.health, say) if view.health else []
    blocks += unreached_people(view, say)
    blocks += _settings(view, say)
    assert len(blocks) <= VIEW_BLOCKS, "each part is limited"
    return {"type": "home", "blocks": blocks}


def home_without_owner(say: Catalogue, notice: Mrkdwn | None = None) -> dict[str, Any]:
    """For somebody whom the CRM does not know."""
    said = notice or say.mrkdwn("visitor.unknown")
    return {"type": "home", "blocks": [section(said), section(say.mrkdwn("command.help"))]}


def queues_section(title: Mrkdwn, queues: Sequence[QueueLine], say: Catalogue, view: HomeView) -> list[Block]:
    """One line for each queue; nothing where there is none."""
    if not queues:
        return []
    lines = [title, *(_queue(queue, say, view) for queue in queues[:_SHOWN_QUEUES])]
    if queues[_SHOWN_QUEUES:]:
        lines.append(say.mrkdwn("home.queues_more", count=len(queues) - _SHOWN_QUEUES))
    return [divider(), section(Mrkdwn("\n".join(lines)))]


def _preference_words(chosen: Preferences, today: date, say: Catalogue) -> list[Mrkdwn]:
    """What a person chose, one line each."""
    spoken = say.plain(f"settings.language_{chosen.language or 'slack'}")
    lines = [say.mrkdwn("home.language", language=spoken)]
    if chosen.away_until is not None and chosen.away_until >= today:
        lines.append(say.mrkdwn("home.away", until=short_day_words(chosen.away_until, today, say.language)))
    if chosen.quiet_from is None or chosen.quiet_to is None:
        return [*lines, say.mrkdwn("home.quiet_never")]
    days = sorted(chosen.quiet_days)
    if days == list(_DAYS_OF_WORK):
        named = say.plain("settings.days_of_work")
    else:
        named = say.plain("settings.days_separator").join(weekday_words(day, say.language) for day in days)
    begins, ends = (clock_words(clock, say.language) for clock in (chosen.quiet_from, chosen.quiet_to))
    return [*lines, say.mrkdwn("home.quiet", days=named, begins=begins, ends=ends)]


def _who(name: str, say: Catalogue) -> list[Block]:
    buttons = [
        button(CONFIRM_ACTION, say.plain("button.is_me"), "yes"),
        button(DENY_ACTION, say.plain("button.is_not_me"), "no"),
    ]
    question = say.mrkdwn("home.who", name=cut(name, _TITLE_LIMIT))
    return [section(question), actions("home:who", buttons), divider()]


def _waiting(lines: Sequence[FindingLine], say: Catalogue) -> list[Block]:
    if not lines:
        return [header(say.plain("home.empty_header")), section(say.mrkdwn("home.empty"))]
    blocks = [header(say.plain("home.header", count=len(lines))), section(say.mrkdwn("home.intro"))]
    return [*blocks, *_rows(lines, _SHOWN, say)]


def _snoozed(lines: Sequence[FindingLine], say: Catalogue) -> list[Block]:
    if not lines:
        return []
    return [divider(), section(say.mrkdwn("home.snoozed", count=len(lines))), *_rows(lines, _SHOWN_SNOOZED, say)]


def _rows(lines: Sequence[FindingLine], most: int, say: Catalogue) -> list[Block]:
    blocks = [finding_row(line, say) for line in lines[:most]]
    if len(lines) > most:
        blocks.append(context(say.mrkdwn("home.more", count=len(lines) - most)))
    return blocks


def _queue(queue: QueueLine, say: Catalogue, view: HomeView) -> Mrkdwn:
    title = cut(queue.title, _TITLE_LIMIT)
    if queue.number == 0:
        if queue.days_at_zero == 0:
            return say.mrkdwn("home.queue_empty", title=title)
        return say.mrkdwn("home.queue_zero", title=title, count=queue.days_at_zero)
    oldest = short_day_words(queue.oldest, view.today, say.language) if queue.oldest else "–"
    if queue.over_limit:
        return say.mrkdwn("home.queue_late", title=title, count=queue.number, oldest=oldest, late=queue.over_limit)
    return say.mrkdwn("home.queue", title=title, count=queue.number, oldest=oldest)


def _week(week: Week, say: Catalogue) -> list[Block]:
    values = {"settled": week.settled, "written": week.written, "told": week.told}
    return [divider(), section(say.mrkdwn("home.week", **values))]


def _settings(view: HomeView, say: Catalogue) -> list[Block]:
    lines = [say.mrkdwn("home.settings"), *_preference_words(view.preferences, view.today, say)]
    buttons = [
        button(SETTINGS_ACTION, say.plain("button.settings"), "settings"),
        button(HELP_ACTION, say.plain("button.help"), "help"),
    ]
    return [divider(), section(Mrkdwn("\n".join(lines))), actions("home:settings", buttons)]
