"""`/lead`, typed in the stand-in Slack."""

from __future__ import annotations

from typing import Any

import pytest

from slack_app.backend import Answer, Offer, StatusChange
from tests.slack_app.builders import make_card, make_line
from tests.slack_app.service import Service
from tests.slack_app.workspace import EMMA, TAKAHASHI, Workspace, eventually

pytestmark = pytest.mark.usefixtures("app_url")


def lead(workspace: Workspace, text: str, user: str = TAKAHASHI) -> dict[str, Any]:
    """What the person is answered at once."""
    outcome = workspace.act("command", user=user, command="/lead", text=text)
    assert outcome["ok"], outcome
    return outcome["ephemeral"][0]


def press(workspace: Workspace, answer: dict[str, Any], action_id: str, **which: str) -> dict[str, Any]:
    channel = workspace.ephemeral()[-1]["channel"]
    return workspace.act("click", channel=channel, ts=answer["ts"], action_id=action_id, **which)


def rows(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [block for block in answer["blocks"] if block.get("block_id", "").startswith("contacts:")]


def test_list_shows_ten_rows_and_next_shows_those_after(workspace: Workspace, service: Service) -> None:
    service.findings = [make_line(number) for number in range(23)]
    answer = lead(workspace, "ｌｉｓｔ")
    assert len(rows(answer)) == 10
    press(workspace, answer, "next_page")
    shown = eventually(lambda: [m for m in workspace.ephemeral() if "11～20 件目" in str(m["blocks"])])
    assert shown[0]["ts"] == answer["ts"]


def test_an_empty_list_is_a_friendly_line(workspace: Workspace, service: Service) -> None:
    service.findings = []
    assert "対応待ちはありません" in lead(workspace, "list")["text"]


def test_a_rows_menu_acknowledges(workspace: Workspace, service: Service) -> None:
    answer = lead(workspace, "list")
    press(workspace, answer, "finding_menu", selected="acknowledge 17")
    eventually(lambda: service.acts)
    assert service.acts[0][:3] == ("acknowledge", TAKAHASHI, (17,))


def test_a_rows_menu_asks_why_something_is_a_false_alarm(workspace: Workspace, service: Service) -> None:
    service.next_answer = Answer(True, "answer.dismissed", {"count": "1"})
    opened = press(workspace, lead(workspace, "list"), "finding_menu", selected="dismiss 17.0")
    assert opened["views"][0]["callback_id"] == "dismiss"
    workspace.act("submit", values={"reason": {"reason": " 取引先の担当者です "}})
    assert service.acts == [("dismiss", TAKAHASHI, (17,), "取引先の担当者です", {17: 0})]
    assert "今後はお知らせしません" in str(workspace.views()[0]["blocks"])


def test_status_shows_the_contact(workspace: Workspace) -> None:
    answer = lead(workspace, "status 山田　太郎")
    assert answer["text"] == "山田 太郎：オープン取引"
    assert rows(answer)[0]["block_id"] == "contacts:501"


def test_status_with_a_value_writes_it_and_tells_the_outcome(workspace: Workspace, service: Service) -> None:
    refused = {"before": "オープン取引", "after": "進行中", "possible": "タイミング悪し"}
    service.next_answer = Answer(False, "answer.step_refused", refused)
    assert "変更しています" in lead(workspace, "status 山田太郎 進行中")["text"]
    eventually(
        lambda: any(
            "「進行中」には変更できません。ここから選べるのは タイミング悪し です" in m["text"]
            for m in workspace.ephemeral()
        )
    )
    assert service.acts[0][:4] == ("change_status", TAKAHASHI, "501", StatusChange("IN_PROGRESS", "OPEN_DEAL"))


def test_a_typed_status_that_needs_a_reason_opens_the_form_with_it_chosen(
    workspace: Workspace, service: Service
) -> None:
    outcome = workspace.act("command", command="/lead", text="status 山田太郎 タイミング悪し")
    assert "フォームでお答えください" in outcome["ephemeral"][0]["text"]
    (view,) = outcome["views"]
    assert "タイミング悪し" in str(view["blocks"][1]["element"]["initial_option"])
    assert view["blocks"][2]["block_id"] == "reason:BAD_TIMING:bad_timing_reason"
    assert service.acts == []


def test_where_the_form_does_not_open_a_button_brings_it(workspace: Workspace, service: Service) -> None:
    workspace.control("faults", match={"method": "views.open"}, do="error_before", error="expired_trigger_id")
    answer = lead(workspace, "status 山田太郎 タイミング悪し")
    assert service.acts == []
    (view,) = press(workspace, answer, "change_status")["views"]
    assert "タイミング悪し" in str(view["blocks"][1]["element"]["initial_option"])


def test_the_buttons_beside_an_answer_go_on_and_the_answer_takes_their_place(
    workspace: Workspace, service: Service
) -> None:
    values = {"contact": "山田", "after": "進行中", "seen": "接続済み", "name": "佐藤 花", "at": "11/24 9:20"}
    offers = (Offer("write_anyway", "12"), Offer("leave_it", "12"))
    service.next_answer = Answer(False, "answer.conflict_by", values, offers)
    lead(workspace, "status 山田太郎 進行中")
    told = eventually(lambda: [m for m in workspace.ephemeral() if "佐藤 花" in m["text"]])[0]
    assert [b["text"]["text"] for b in told["blocks"][1]["elements"]] == ["自分の値で上書きする", "そのままにする"]
    service.next_answer = Answer(True, "answer.status_written", {"contact": "山田"}, (Offer("undo", "plan 13"),))
    press(workspace, told, "write_anyway")
    written = eventually(lambda: [m for m in workspace.ephemeral() if "変更しました" in m["text"]])[0]
    assert written["ts"] == told["ts"]
    assert service.acts[1][:3] == ("repeat_change", TAKAHASHI, 12)
    press(workspace, written, "undo")
    eventually(lambda: service.acts[2:])
    assert service.acts[2][:3] == ("undo", TAKAHASHI, "plan 13")


@pytest.mark.parametrize(
    ("typed", "meant"), [("undo", "last"), ("undo last", "last"), ("取り消し ＃８８", "#88"), ("undo 88", "88")]
)
def test_undo_takes_the_last_change_or_a_number(workspace: Workspace, service: Service, typed: str, meant: str) -> None:
    lead(workspace, typed)
    eventually(lambda: service.acts)
    assert service.acts[0][:3] == ("undo", TAKAHASHI, meant)


def test_find_shows_who_matches_ten_at_a_time(workspace: Workspace, service: Service) -> None:
    service.cards = [make_card(str(number)) for number in range(501, 524)]
    answer = lead(workspace, "検索 山田")
    assert len(rows(answer)) == 10
    assert "1～10 件目" in str(answer["blocks"])
    press(workspace, answer, "next_contacts")
    shown = eventually(lambda: [m for m in workspace.ephemeral() if "11～20 件目" in str(m["blocks"])])[0]
    assert shown["ts"] == answer["ts"]
    press(workspace, shown, "choose_contact", block_id="contacts:515")
    eventually(lambda: any(m["text"] == "山田 太郎：オープン取引" for m in workspace.ephemeral()))


def test_of_many_contacts_the_status_goes_along_to_the_next_page(workspace: Workspace, service: Service) -> None:
    service.cards = [make_card(str(number)) for number in range(501, 514)]
    answer = lead(workspace, "status 山田 進行中")
    press(workspace, answer, "next_contacts")
    shown = eventually(lambda: [m for m in workspace.ephemeral() if "11～13 件目" in str(m["blocks"])])[0]
    (view,) = press(workspace, shown, "choose_contact", block_id="contacts:512")["views"]
    assert "進行中" in str(view["blocks"][1]["element"]["initial_option"])


def test_several_contacts_are_offered_to_choose_from(workspace: Workspace, service: Service) -> None:
    service.cards = [make_card("501"), make_card("502", name="山田 花子", company=None)]
    answer = lead(workspace, "status 山田")
    assert "2 件" in answer["text"]
    press(workspace, answer, "choose_contact", block_id="contacts:502")
    eventually(lambda: any(m["text"] == "山田 花子：オープン取引" for m in workspace.ephemeral()))


def test_a_mail_address_means_one_contact(workspace: Workspace, service: Service) -> None:
    service.cards = [make_card("501", email="yamada@minato.example"), make_card("502", email="a.yamada@minato.example")]
    assert rows(lead(workspace, "status yamada@minato.example"))[0]["block_id"] == "contacts:501"


@pytest.mark.parametrize("typed", ["ack #17", "ack ＃１７", "ack 17", "ack 501", "確認 山田太郎"])
def test_ack_takes_a_findings_number_or_a_contact(workspace: Workspace, service: Service, typed: str) -> None:
    assert "確認済みにしました" in lead(workspace, typed)["text"]
    assert service.acts[0][:3] == ("acknowledge", TAKAHASHI, (17,))


@pytest.mark.parametrize(
    ("typed", "until"),
    [
        ("snooze #17 3d", "3d"),
        ("snooze ＃１７ ３日", "3日"),
        ("snooze 17 tomorrow", "tomorrow"),
        ("snooze 501 2026-12-01", "2026-12-01"),
        ("スヌーズ 山田太郎 来週月曜", "来週月曜"),
        ("snooze 山田 太郎 next monday", "next monday"),
        ("snooze 「山田 太郎」 明日", "明日"),
    ],
)
def test_snooze_takes_a_number_or_a_contact_and_a_time(
    workspace: Workspace, service: Service, typed: str, until: str
) -> None:
    lead(workspace, typed)
    assert service.acts == [("snooze", TAKAHASHI, (17,), until, {})]


def test_a_contact_chosen_among_several_is_snoozed(workspace: Workspace, service: Service) -> None:
    service.cards = [make_card("501"), make_card("502", name="山田 花子")]
    press(workspace, lead(workspace, "snooze 山田 next monday"), "choose_contact", value="501 snooze next monday")
    eventually(lambda: service.acts)
    assert service.acts == [("snooze", TAKAHASHI, (17,), "next monday", {})]


def test_ack_of_a_contact_without_findings_says_so(workspace: Workspace, service: Service) -> None:
    service.findings = []
    assert "「山田 太郎」には、対応待ちのものがありません" in lead(workspace, "ack 山田太郎")["text"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "*使い方*"),
        ("help", "*使い方*"),
        ("lsit", "`/lead list` のことでしょうか"),
        ("xyzzy", "「xyzzy」というコマンドはありません"),
        ("status", "コンタクトを指定してください"),
        ("status 鈴木", "「鈴木」に当てはまるコンタクトが見つかりません"),
        (
            "status 山田太郎 しんこう",
            "「しんこう」というステータスはありません。選べるのは タイミング悪し、進行中 です",
        ),
        ("status <!channel>", "見つかりません"),
        ("snooze", "コンタクトを指定してください"),
        ("snooze 山田太郎", "最後に `1h`、`明日`"),
        ("snooze 山田太郎 そのうち", "最後に `1h`、`明日`"),
        ("snooze 鈴木 3d", "「鈴木」に当てはまるコンタクトが見つかりません"),
    ],
)
def test_a_command_that_cannot_be_done_is_answered_with_the_way_out(
    workspace: Workspace, typed: str, words: str
) -> None:
    assert words in lead(workspace, typed)["text"]


def test_answers_are_in_the_persons_language(workspace: Workspace, service: Service) -> None:
    service.language = "en"
    assert lead(workspace, "lsit", EMMA)["text"] == "There is no command “lsit”. Did you mean `/lead list`?"


def test_somebody_without_a_crm_user_may_read_the_help_only(workspace: Workspace, service: Service) -> None:
    service.strangers = {EMMA}
    assert "紐付いていません" in lead(workspace, "list", EMMA)["text"]
    assert "使い方" in lead(workspace, "help", EMMA)["text"]


def test_when_the_service_fails_the_command_answers_with_words(workspace: Workspace, service: Service) -> None:
    service.failure = RuntimeError("broken")
    assert "うまく処理できませんでした" in lead(workspace, "list")["text"]


def test_when_the_write_breaks_off_the_person_is_told(workspace: Workspace, service: Service) -> None:
    service.failure = RuntimeError("broken")
    lead(workspace, "status 山田太郎 進行中")
    eventually(lambda: any("変更できませんでした" in m["text"] for m in workspace.ephemeral()))


def test_a_chosen_contact_is_acknowledged(workspace: Workspace, service: Service) -> None:
    service.cards = [make_card("501"), make_card("502", name="山田 花子")]
    answer = lead(workspace, "ack 山田")
    press(workspace, answer, "choose_contact", block_id="contacts:501")
    eventually(lambda: service.acts)
    assert service.acts[0][:3] == ("acknowledge", TAKAHASHI, (17,))


def test_for_a_chosen_contact_the_form_opens_with_the_typed_status(workspace: Workspace, service: Service) -> None:
    service.cards = [make_card("501"), make_card("502", name="山田 花子")]
    answer = lead(workspace, "status 山田 進行中")
    (view,) = press(workspace, answer, "choose_contact", block_id="contacts:502")["views"]
    assert "進行中" in str(view["blocks"][1]["element"]["initial_option"])


def test_a_chosen_contact_that_is_gone_is_told(workspace: Workspace, service: Service) -> None:
    service.cards = [make_card("501"), make_card("502", name="山田 花子")]
    answer = lead(workspace, "status 山田")
    service.cards = []
    press(workspace, answer, "choose_contact", block_id="contacts:502")
    eventually(lambda: any("見つかりません" in m["text"] for m in workspace.ephemeral()))


def test_a_full_list_of_contacts_is_not_called_all_of_them(workspace: Workspace, service: Service) -> None:
    service.cards = [make_card(str(number)) for number in range(501, 551)]
    assert "50 件だけ" in lead(workspace, "status 山田")["text"]
