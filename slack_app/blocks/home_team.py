"""The part of the Home tab that managers and admins see: the team, and the health of the rules."""

from __future__ import annotations

from collections.abc import Sequence

from slack_app.blocks.elements import Block, divider, section
from slack_app.cutting import cut
from slack_app.home_view import MemberLine, RuleHealth
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import Catalogue

_SHOWN_MEMBERS = 20
_SHOWN_RULES = 10
_NAME_LIMIT = 60


def team(members: Sequence[MemberLine], say: Catalogue) -> list[Block]:
    """One line for each member; nothing where nothing is open."""
    if not members:
        return []
    lines = [say.mrkdwn("home.team_header", count=sum(member.number for member in members))]
    lines += [_member(member, say) for member in members[:_SHOWN_MEMBERS]]
    if members[_SHOWN_MEMBERS:]:
        lines.append(say.mrkdwn("home.team_more", count=len(members) - _SHOWN_MEMBERS))
    return [divider(), section(Mrkdwn("\n".join(lines)))]


def rule_health(health: RuleHealth, say: Catalogue) -> list[Block]:
    lines = [say.mrkdwn("health.header")]
    if health.mistakes:
        lines.append(say.mrkdwn("health.broken", count=health.mistakes))
    lines += [say.mrkdwn("health.capped", title=cut(title, _NAME_LIMIT)) for title in health.capped[:_SHOWN_RULES]]
    if health.capped[_SHOWN_RULES:]:
        lines.append(say.mrkdwn("health.capped_more", count=len(health.capped) - _SHOWN_RULES))
    if len(lines) == 1:
        lines.append(say.mrkdwn("health.good"))
    return [divider(), section(Mrkdwn("\n".join(lines)))]


def _member(member: MemberLine, say: Catalogue) -> Mrkdwn:
    name = cut(member.name, _NAME_LIMIT) if member.name else say.plain("leak.nobody")
    if member.overdue:
        return say.mrkdwn("home.team_member_late", name=name, count=member.number, late=member.overdue)
    return say.mrkdwn("home.team_member", name=name, count=member.number)
