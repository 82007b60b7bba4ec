"""The commands that look: what they say when there is nothing to look at, or no such thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.mirror.shared_rows import store_portal
from connector.records import PortalInfo
from jobs.commands import plan, show
from jobs.errors import HalfMirrored, NothingMirrored, SettingsWrong
from jobs.wiring import Parts
from tests.jobs.settings_builders import make_settings


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(make_settings(tmp_path, f'[service]\ndatabase = "sqlite:///{tmp_path}/new.db"'))


def test_before_the_first_sync_nothing_found_is_no_good_news(parts: Parts) -> None:
    with pytest.raises(NothingMirrored, match="mimawari sync"):
        show.findings(parts, None, None)


def test_an_unknown_rule_is_answered_with_the_nearest(parts: Parts) -> None:
    with pytest.raises(SettingsWrong, match="Did you mean h8-blank-status"):
        show.findings(parts, "h8-blank", None)


def test_an_unknown_state_is_answered_with_the_known_ones(parts: Parts) -> None:
    with pytest.raises(SettingsWrong, match="acknowledged"):
        show.findings(parts, None, "done")


def test_nothing_is_planned_on_a_mirror_that_was_read_in_part(parts: Parts) -> None:
    with parts.engine.begin() as connection:
        store_portal(connection, PortalInfo("1234567", "Asia/Tokyo"))
    with pytest.raises(HalfMirrored, match="mimawari sync"):
        plan.plan(parts)
