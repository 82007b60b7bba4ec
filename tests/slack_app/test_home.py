"""The Home tab, opened and used in the stand-in Slack."""

from __future__ import annotations

from typing import Any

import pytest

from tests.slack_app.builders import make_line
from tests.slack_app.service import Service
from tests.slack_app.workspace import TAKAHASHI, Workspace, eventually

pytestmark = pytest.mark.usefixtures("app_url")


def home(workspace: Workspace) -> list[dict[str, Any]]:
    view = workspace.see("home", user=TAKAHASHI)["view"]
    return view["blocks"] if view else []


def test_opening_it_shows_what_is_waiting(workspace: Workspace, service: Service) -> None:
    service.findings = [make_line(number) for number in range(23)]
    workspace.act("open_home")
    blocks = eventually(lambda: home(workspace))
    assert blocks[0]["text"]["text"] == "対応待ち 23 件"
    assert "ほかに 3 件" in blocks[-1]["elements"][0]["text"]


def test_the_messages_tab_draws_nothing(workspace: Workspace) -> None:
    assert workspace.act("open_home", tab="messages")["ok"]
    assert home(workspace) == []


def test_an_act_on_it_is_confirmed_above_the_list(workspace: Workspace) -> None:
    workspace.act("open_home")
    eventually(lambda: home(workspace))
    workspace.act("click", home=True, action_id="finding_menu", selected="acknowledge 17")
    eventually(lambda: "確認済みにしました" in str(home(workspace)[0]))


def test_somebody_whom_the_crm_does_not_know_is_told_so(workspace: Workspace, service: Service) -> None:
    service.strangers = {TAKAHASHI}
    workspace.act("open_home")
    assert "紐付いていません" in str(eventually(lambda: home(workspace))[0])


def test_nothing_waiting_is_a_friendly_page(workspace: Workspace, service: Service) -> None:
    service.findings = []
    workspace.act("open_home")
    assert "対応待ちはありません" in str(eventually(lambda: home(workspace))[0])
