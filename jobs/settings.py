"""What an admin can set: settings.toml and the environment, read once and checked."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from rapidfuzz import process

from connector.records import MIRRORED_TYPES
from jobs.clock import Clock, clock_from, is_loopback
from jobs.errors import SettingsWrong
from rules.fields import DEFAULT_FIELDS
from rules.model import ROLES


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ServiceSection(_Section):
    language: Annotated[str, Field(pattern="^(ja|en)$")] = "ja"
    rules_folder: str = "rules/library"
    cycle_every_minutes: Annotated[int, Field(ge=1, le=1440)] = 5
    full_examination_at: time = time(3, 0)
    database: str = "sqlite:///mimawari.db"


class CrmSection(_Section):
    calls_per_10_seconds: Annotated[int, Field(ge=1, le=1000)] = 190
    searches_per_second: Annotated[int, Field(ge=1, le=5)] = 4
    overlap_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    api_version: Annotated[str, Field(pattern=r"^(\d{4}-\d{2}|v3)$")] = "2026-09"
    app_address: str = "https://app.hubspot.com"
    properties: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)


class SlackSection(_Section):
    leak_channel: str = "fs-leak-check"
    fallback_channel: str = "sales-ops"
    team_channels: Mapping[str, str] = Field(default_factory=dict)
    people: Mapping[str, str] = Field(default_factory=dict)


class PeopleSection(_Section):
    fallback: Mapping[str, str] = Field(default_factory=dict)
    away: Mapping[str, date] = Field(default_factory=dict)


class EscalationSection(_Section):
    again_after_days: Annotated[int, Field(ge=0, le=60)] = 2
    team_after_days: Annotated[int, Field(ge=0, le=60)] = 4
    manager_after_days: Annotated[int, Field(ge=0, le=60)] = 6

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = [d for d in (self.again_after_days, self.team_after_days, self.manager_after_days) if d]
        if days != sorted(set(days)):
            raise ValueError("each step must come later than the one before (0 leaves a step out)")
        return self


class RemindersSection(_Section):
    digest_at: time = time(9, 0)
    leak_check_at: time = time(9, 30)
    working_hours: tuple[time, time] = (time(9, 0), time(18, 0))
    acknowledge_days: Annotated[int, Field(ge=1, le=10)] = 1
    snooze_days_at_most: Annotated[int, Field(ge=1, le=60)] = 10
    messages_per_day: Annotated[int, Field(ge=1, le=100)] = 6
    expire_after_days: Annotated[int, Field(ge=0, le=1000)] = 90
    escalation: EscalationSection = EscalationSection()

    @field_validator("working_hours")
    @classmethod
    def _in_order(cls, hours: tuple[time, time]) -> tuple[time, time]:
        if hours[0] >= hours[1]:
            raise ValueError("the first time must be before the second, or nobody is ever reminded")
        return hours

    @model_validator(mode="after")
    def _within_hours(self) -> Self:
        opens_at, closes_at = self.working_hours
        for name in ("digest_at", "leak_check_at"):
            if not opens_at <= getattr(self, name) < closes_at:
                raise ValueError(f"{name} is outside working_hours, so it would never be sent")
        return self


class AlarmSection(_Section):
    email_to: tuple[str, ...] = ()
    email_from: str = "mimawari@localhost"
    overdue_minutes: Annotated[int, Field(ge=0, le=10_080)] = 0


class File(_Section):
    """The whole of settings.toml."""

    service: ServiceSection = ServiceSection()
    crm: CrmSection = CrmSection()
    slack: SlackSection = SlackSection()
    people: PeopleSection = PeopleSection()
    reminders: RemindersSection = RemindersSection()
    alarm: AlarmSection = AlarmSection()
    fields: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = Field(
        default_factory=lambda: {role: (role,) for role in ROLES},
    )


class Environment(BaseSettings):
    """What comes from the environment (or a `.env` file) only: addresses, secrets, the clock."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    mimawari_settings: str = "settings.toml"
    mimawari_database_url: str | None = None
    mimawari_now: str | None = None
    mimawari_ping_url: SecretStr | None = None
    mimawari_webhook_url: SecretStr | None = None
    mimawari_smtp_url: SecretStr | None = None
    hubspot_access_token: SecretStr | None = None
    hubspot_client_id: str | None = None
    hubspot_client_secret: SecretStr | None = None
    hubspot_refresh_token: SecretStr | None = None
    hubspot_base_url: str = "https://api.hubapi.com"
    slack_bot_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_base_url: str = "https://slack.com/api/"


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    file: File
    environment: Environment
    folder: Path

    @property
    def database_url(self) -> str:
        return self.environment.mimawari_database_url or self.file.service.database

    @property
    def rules_folder(self) -> Path:
        """Where the admin's rule files are; the shipped ones when the default folder is not beside the settings."""
        named = Path(self.file.service.rules_folder)
        beside = named if named.is_absolute() else self.folder / named
        shipped = Path(__file__).resolve().parent.parent / "rules" / "library"
        return shipped if not beside.exists() and self.file.service.rules_folder == "rules/library" else beside

    def clock(self) -> Clock:
        here = is_loopback(self.environment.hubspot_base_url) and is_loopback(self.environment.slack_base_url)
        return clock_from(self.environment.mimawari_now, loopback_only=here)


def load_settings(environment: Environment | None = None) -> Settings:
    """The settings in force. SettingsWrong names the file, the key and the nearest known one."""
    environment = environment or Environment()
    _check_addresses(environment)
    path = Path(environment.mimawari_settings)
    if not path.exists():
        if "mimawari_settings" in environment.model_fields_set:
            raise SettingsWrong(f"{path}: there is no such file. MIMAWARI_SETTINGS points at it.")
        return Settings(File(), environment, Path.cwd())
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsWrong(f"{path}: cannot be read as TOML: {error}") from error
    return Settings(_checked(raw, path), environment, path.resolve().parent)


def _check_addresses(environment: Environment) -> None:
    """Without saying what was found: whoever knows such an address may use it."""
    for name in ("mimawari_ping_url", "mimawari_webhook_url"):
        address: SecretStr | None = getattr(environment, name)
        if address is not None and not address.get_secret_value().startswith(("https://", "http://")):
            raise SettingsWrong(f"{name.upper()}: write it like https://alarm.example/your-key")


def _checked(raw: dict[str, Any], path: Path) -> File:
    try:
        file = File.model_validate(raw)
    except ValidationError as error:
        raise SettingsWrong("\n".join(_sentence(path, dict(e)) for e in error.errors())) from error
    unknown = [
        _unknown(f"{path}: [{table}] {key}", key, known)
        for table, keys, known in _open_tables(file)
        for key in keys
        if key not in known
    ]
    if unknown:
        raise SettingsWrong("\n".join(unknown))
    return file


def _open_tables(file: File) -> Iterator[tuple[str, Collection[str], Collection[str]]]:
    """(table, its keys, the keys that mean something) of tables whose keys come from other parts of the program."""
    yield "roles", file.roles, ROLES
    yield "slack.team_channels", file.slack.team_channels, ROLES
    yield "crm.properties", file.crm.properties, MIRRORED_TYPES
    yield "fields", file.fields, DEFAULT_FIELDS


def _sentence(path: Path, error: dict[str, Any]) -> str:
    keys = [str(part) for part in error["loc"]]
    where = f"{path}: [{'.'.join(keys[:-1])}] {keys[-1]}" if len(keys) > 1 else f"{path}: {keys[0]}"
    if error["type"] != "extra_forbidden":
        return f"{where}: {error['msg']} (found: {error['input']!r})"
    return _unknown(where, keys[-1], _section_at(keys[:-1]).model_fields)


def _unknown(where: str, key: str, known: Collection[str]) -> str:
    near = process.extractOne(key, list(known), score_cutoff=50)
    remedy = f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(known)}."
    return f"{where}: there is no such setting. {remedy}"


def _section_at(keys: list[str]) -> type[BaseModel]:
    section: type[BaseModel] = File
    for key in keys:
        annotation = section.model_fields[key].annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            section = annotation
    return section
