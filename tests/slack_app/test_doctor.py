"""`/lead doctor` in the stand-in Slack."""

from __future__ import annotations

import pytest

from slack_app.blocks.doctor import doctor
from slack_app.texts.catalogue import catalogue
from slack_app.texts.said import Said, in_mrkdwn, in_plain
from slack_app.views import CheckLine
from tests.slack_app.service import Service
from tests.slack_app.test_commands import lead
from tests.slack_app.workspace import Workspace, eventually

FINE = CheckLine("rules", True, Said("doctor.slack_off"))
ADVICE = CheckLine("alarm", True, Said("doctor.alarm_none"), Said("doctor.alarm_none_remedy"))
WRONG = CheckLine("people", False, Said("doctor.people_lost", {"names": ("<!channel>",)}), Said("doctor.people_remedy"))


@pytest.mark.usefixtures("app_url")
def test_whoever_may_not_know_is_told_so_and_no_more(workspace: Workspace, service: Service) -> None:
    service.checks = None
    assert lead(workspace, "ｄｏｃｔｏｒ")["text"] == "この操作ができるのは管理者だけです。"


@pytest.mark.usefixtures("app_url")
def test_an_admin_is_told_at_once_that_it_takes_a_while(workspace: Workspace, service: Service) -> None:
    service.checks = (FINE,)
    assert lead(workspace, "ｄｏｃｔｏｒ")["text"] == "確認しています…"
    assert "問題ありません" in eventually(lambda: workspace.ephemeral()[1:])[0]["text"]


def test_what_is_wrong_comes_first_and_what_is_fine_by_name() -> None:
    message = doctor((FINE, ADVICE, WRONG), catalogue("en"))
    wrong, advice, fine = (str(block) for block in message.blocks[1:4])
    assert ":x: *people*: not found in Slack: &lt;!channel&gt;" in wrong
    assert ":bulb: *alarm*" in advice
    assert "Fine: rules" in fine
    assert message.text == ":x: *1 check found something wrong*"


def test_where_all_is_well_one_line_says_so() -> None:
    message = doctor((FINE, FINE), catalogue("ja"))
    assert message.text == ":white_check_mark: 2 項目すべて問題ありません。"
    assert len(message.blocks) == 3


def test_sentences_within_sentences_are_escaped_once() -> None:
    said = Said(
        "doctor.people_wrong", {"problems": (WRONG.message, Said("doctor.people_without_role", {"names": ("A&B",)}))}
    )
    assert in_mrkdwn(said, catalogue("en")) == "not found in Slack: &lt;!channel&gt;; no role: A&amp;B"
    assert in_plain(said, catalogue("ja")) == "Slack で見つからない方：<!channel>。役割のない方：A&B"
