"""All looks at the set-up, in the order in which they are told."""

from __future__ import annotations

from jobs.checks import crm, ours, slack
from jobs.checks.looking import look
from jobs.wiring import Parts
from slack_app.views import CheckLine


def every_check(parts: Parts) -> list[CheckLine]:
    reached = look("crm", lambda: crm.answers(parts))
    return [
        look("settings", lambda: ours.settings(parts.settings)),
        look("database", lambda: ours.database(parts)),
        look("rules", lambda: ours.rules(parts)),
        reached,
        look("scopes", lambda: crm.scopes(parts, crm_answers=reached.ok)),
        look("calls", lambda: crm.calls(parts)),
        look("api version", lambda: crm.api_version(parts)),
        look("vocabulary", lambda: crm.vocabulary(parts, crm_answers=reached.ok)),
        look("slack", lambda: slack.answers(parts)),
        look("channels", lambda: slack.channels(parts)),
        look("slack clock", lambda: slack.clock(parts)),
        look("people", lambda: slack.people(parts)),
        look("last cycle", lambda: ours.last_cycle(parts)),
        look("alarm", lambda: ours.alarm(parts)),
    ]
