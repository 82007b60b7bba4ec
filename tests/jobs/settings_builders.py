"""Settings and parts for tests: nothing comes from this machine's environment or its `.env` file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from jobs.settings import Environment, Settings, load_settings

# Nobody listens on this port: what is not meant to be called fails at once.
NOWHERE = "http://127.0.0.1:9"


def make_environment(folder: Path, **values: Any) -> Environment:
    given = {
        "mimawari_settings": str(folder / "settings.toml"),
        "mimawari_database_url": f"sqlite:///{folder / 'mimawari.db'}",
        "mimawari_now": "2026-11-24T09:30:00+09:00",
        "hubspot_access_token": SecretStr("crm-token-of-a-test"),
        "hubspot_base_url": NOWHERE,
        "slack_bot_token": SecretStr("xoxb-of-a-test"),
        "slack_signing_secret": SecretStr("signing-secret-of-a-test"),
        "slack_base_url": f"{NOWHERE}/api/",
        **values,
    }
    return Environment(_env_file=None, **given)  # pyright: ignore[reportCallIssue] # taken by pydantic-settings


def make_settings(folder: Path, text: str = "", **values: Any) -> Settings:
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    return load_settings(make_environment(folder, **values))
