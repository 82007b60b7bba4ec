"""The Bolt app: put together from a configuration and the service behind it."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from slack_app.backend import Backend
from slack_app.config import SlackConfig
from slack_app.listeners import (
    actions,
    commands,
    company_form,
    dismiss_form,
    doctor,
    failures,
    home,
    leftovers,
    plan_review,
    proposals,
    reassign_form,
    repeats,
    snooze_form,
    submission,
)
from slack_app.web_client import build_client, quiet_logger

# Opening a form happens before Slack has its answer, for which it waits three seconds.
_CLIENT_TIMEOUT_S = 2
_THREADS = 24


def build_app(config: SlackConfig, backend: Backend, client: WebClient | None = None) -> App:
    """Nothing is asked of Slack here, nor when a request comes in: the app starts and answers while Slack is away."""

    def authorize() -> AuthorizeResult:
        # One workspace, one token. Bolt would call auth.test before the first click is answered.
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=config.bot_token)

    app = App(
        name="mimawari",
        # Bolt logs signatures and bodies of what it refuses, and the words of every exception.
        logger=quiet_logger("slack_app.app.bolt", logging.CRITICAL),
        client=client or build_client(config, _CLIENT_TIMEOUT_S),
        signing_secret=config.signing_secret,
        authorize=authorize,
        token_verification_enabled=False,
        process_before_response=True,
        listener_executor=ThreadPoolExecutor(_THREADS, thread_name_prefix="slack-after-ack"),
    )
    failures.register(app, config.language)
    repeats.register(app, backend)
    actions.register(app, backend)
    submission.register(app, backend)
    snooze_form.register(app, backend)
    plan_review.register(app, backend)
    proposals.register(app, backend)
    dismiss_form.register(app, backend)
    reassign_form.register(app, backend)
    company_form.register(app, backend)
    doctor.register(app, backend)
    commands.register(app, backend)
    home.register(app, backend)
    # The last: it takes whatever no other listener takes.
    leftovers.register(app, backend)
    return app
