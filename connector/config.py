"""What the connector must be told: where the CRM is, who we are there, and how much of it we may use."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import timedelta

from pydantic import SecretStr

from connector.oauth import OAuthApp

HUBSPOT_URL = "https://api.hubapi.com"


@dataclasses.dataclass(frozen=True, slots=True)
class CrmConfig:
    """Either `access_token` is given, or `oauth`. `calls_per_10_s` counts until the first answer tells what the plan really grants (Starter 100, with increase 250).

    `reserve_per_10_s` of it stays for others who use the same token. `overlap` is how late the search index may be. `extra_properties` are mirrored beside what rules
    and settings need.
    """

    access_token: SecretStr | None = None
    oauth: OAuthApp | None = None
    base_url: str = HUBSPOT_URL
    connect_timeout_s: float = 5.0
    read_timeout_s: float = 60.0
    calls_per_10_s: int = 190
    reserve_per_10_s: int = 5
    searches_per_s: int = 4
    max_tries: int = 6
    max_wait_s: float = 90.0
    overlap: timedelta = timedelta(minutes=15)
    extra_properties: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict[str, Sequence[str]])
