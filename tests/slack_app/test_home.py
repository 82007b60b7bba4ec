"""The Home tab, opened and used in the stand-in Slack."""

from __future__ import annotations

import dataclasses
from datetime import date, time
from typing import Any

import pytest

from slack_app.backend import Answer
from slack_app.blocks.home import home as draw_home
from slack_app.home_view import MemberLine, Preferences, QueueLine, RuleHealth, UnreachedLine
from slack_app.limits import fitted_view
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import LANGUAGES, catalogue
from tests.slack_app.builders import make_home, make_line
from tests.slack_app.service import Service
from tests.slack_app.workspace import EMMA, TAKAHASHI, Workspace, eventually

pytestmark = pytest.mark.usefixtures("app_url")


def home(workspace: Workspace) -> list[dict[str, Any]]:
    view = workspace.see("home", user=TAKAHASHI)["view"]
    return view["blocks"] if view else []


def test_opening_it_shows_what_is_waiting(workspace: Workspace, service: Service) -> None:
    service.findings = [make_line(number) for number in range(23)]
    workspace.act("open_home")
    blocks = eventually(lambda: home(workspace))
    assert blocks[0]["text"]["text"] == "対応待ち 23 件"
    assert "ほかに 3 件" in blocks[22]["elements"][0]["text"]


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


def test_what_is_put_off_stands_apart(workspace: Workspace, service: Service) -> None:
    service.findings = [make_line(17), make_line(18, state="snoozed")]
    workspace.act("open_home")
    shown = eventually(lambda: home(workspace))
    assert shown[0]["text"]["text"] == "対応待ち 1 件"
    ids = [block.get("block_id", "") for block in shown]
    put_off = next(n for n, block in enumerate(shown) if "あとで対応するもの" in str(block))
    assert ids.index("contacts:501:finding:17") < put_off < ids.index("contacts:502:finding:18")


def test_an_act_elsewhere_draws_it_again(workspace: Workspace, service: Service) -> None:
    workspace.act("open_home")
    eventually(lambda: home(workspace))
    service.findings = []
    workspace.act("command", command="/lead", text="ack #17")
    eventually(lambda: "対応待ちはありません" in str(home(workspace)[0]))


def test_an_act_of_somebody_who_never_opened_it_draws_nothing(workspace: Workspace) -> None:
    workspace.act("command", user=EMMA, command="/lead", text="list")
    assert workspace.see("requests")["methods"].get("views.publish", 0) == 0


CHOSEN = {
    "language": {"chosen": "en"},
    "quiet_from": {"chosen": "12:00"},
    "quiet_to": {"chosen": "13:30"},
    "quiet_days": {"chosen": ["0", "4"]},
}


def test_settings_are_chosen_in_a_form_and_shown_at_once(workspace: Workspace, service: Service) -> None:
    workspace.act("open_home")
    eventually(lambda: home(workspace))
    service.next_answer = Answer(True, "answer.preferences_kept")
    workspace.act("click", home=True, action_id="open_settings", value="settings")
    assert workspace.act("submit", values=CHOSEN)["errors"] == {}
    kept = Preferences("en", time(12), time(13, 30), frozenset({0, 4}))
    assert service.acts == [("prefer", TAKAHASHI, kept)]
    eventually(lambda: "12:00～13:30" in str(home(workspace)))
    workspace.act("click", home=True, action_id="open_settings", value="settings")
    assert "'initial_time': '12:00'" in str(workspace.views())


def test_settings_that_cannot_be_kept_are_explained_beside_the_question(workspace: Workspace, service: Service) -> None:
    workspace.act("open_home")
    eventually(lambda: home(workspace))
    service.next_answer = Answer(False, "answer.quiet_without_days")
    workspace.act("click", home=True, action_id="open_settings", value="settings")
    answered = workspace.act("submit", values=CHOSEN | {"quiet_days": {"chosen": []}})
    assert answered["errors"] == {"quiet_days": "曜日を 1 つ以上選んでください。"}


def test_whoever_is_not_the_one_we_think_says_so_once(workspace: Workspace, service: Service) -> None:
    service.on_home = {"asks_who": "髙橋 健一"}
    workspace.act("open_home")
    assert "HubSpot の *髙橋 健一* さん" in str(eventually(lambda: home(workspace))[0])
    service.next_answer = Answer(True, "answer.link_denied", {"name": "髙橋 健一"})
    workspace.act("click", home=True, action_id="is_not_me", value="no")
    eventually(lambda: "髙橋 健一さんあてのお知らせは今後お送りしません" in str(home(workspace)[0]))
    assert service.acts == [("confirm", TAKAHASHI, False)]
    assert len(home(workspace)) == 2  # a stranger sees nobody's findings


MISSING = UnreachedLine("9008", "渡邊 拓真", "takuma@crm.example", "missing", None, None)
AWAY = UnreachedLine("9009", "大河内 由紀", None, "away", date(2026, 11, 30), "真壁 譲")


def test_an_admin_links_whom_slack_does_not_know(workspace: Workspace, service: Service) -> None:
    service.on_home = {"unreached": (AWAY, MISSING)}
    workspace.act("open_home")
    shown = eventually(lambda: home(workspace))
    words = [str(block.get("text", {}).get("text")) for block in shown]
    assert "*渡邊 拓真*（takuma@crm.example）　Slack に見つかりません\n→ 代わりのチャンネルに投稿しています" in words
    assert "*大河内 由紀*　11/30 まで不在です\n→ 真壁 譲さんにお知らせしています" in words
    service.next_answer = Answer(True, "answer.link_made", {"name": "渡邊 拓真", "user": "Emma Clarke"})
    workspace.act("click", home=True, action_id="link_user", block_id="link:9008", selected=EMMA)
    eventually(lambda: "紐付けました" in str(home(workspace)[0]))
    assert service.acts == [("link_user", TAKAHASHI, "9008", EMMA)]


def test_the_service_hears_of_whoever_changed_in_slack(workspace: Workspace, service: Service) -> None:
    workspace.control("workspace", op="update_user", user=EMMA, status_emoji=":palm_tree:")
    eventually(lambda: service.acts == [("person_changed", EMMA)])


def test_help_is_one_click_away(workspace: Workspace) -> None:
    workspace.act("open_home")
    eventually(lambda: home(workspace))
    workspace.act("click", home=True, action_id="show_help", value="help")
    assert "/lead status" in str(workspace.views())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            QueueLine("進行中リード", 3, date(2026, 11, 18), 1, 0),
            "*3 件*（うち期限超過 1 件）　いちばん古いものは 11/18 から",
        ),
        (QueueLine("進行中リード", 3, date(2025, 12, 1), 0, 0), "*3 件*　いちばん古いものは 2025/12/1 から"),
        (QueueLine("進行中リード", 0, None, 0, 0), "0 件"),
        (QueueLine("進行中リード", 0, None, None, 12), "0 件　12 日間ゼロが続いています"),
    ],
    ids=["late", "in time", "empty since today", "empty"],
)
def test_a_queue_says_how_many_wait_or_for_how_long_there_was_none(line: QueueLine, said: str) -> None:
    blocks = draw_home(make_home(queues=(line,)), catalogue("ja"))["blocks"]
    assert f"• 進行中リード　{said}" in [
        words for b in blocks for words in str(b.get("text", {}).get("text")).splitlines()
    ]


def test_the_fullest_home_is_within_slacks_limits() -> None:
    lines = [make_line(n, title="題" * 200, reason="由" * 900, company="社" * 300) for n in range(400)]
    lines += [make_line(n, state="snoozed") for n in range(400, 600)]
    unreached = tuple(dataclasses.replace(MISSING, owner_id=str(n), name="名" * 200) for n in range(200))
    queues = tuple(QueueLine("題" * 100, 99_999, date(2025, 1, 1), 99_999, 0) for _ in range(40))
    for language in LANGUAGES:
        view = draw_home(
            make_home(*lines, queues=queues, asks_who="名" * 200, unreached=unreached),
            catalogue(language),
            Mrkdwn("山" * 4_000),
        )
        assert fitted_view(view)[1] == []


def test_a_manager_sees_who_has_how_much_open() -> None:
    members = (MemberLine("髙橋 健一", 5, 2), MemberLine(None, 3, 0))
    said = str(draw_home(make_home(members=members), catalogue("en"))["blocks"])
    assert "*8 items are open for the team*" in said
    assert "• 髙橋 健一: 5 (2 for more than 2 business days)" in said
    assert "• No owner: 3" in said


@pytest.mark.parametrize(
    ("health", "said"),
    [
        (RuleHealth(0, ()), "すべて正常です"),
        (RuleHealth(2, ()), "誤りが 2 件"),
        (RuleHealth(0, ("ランク付け",)), "ランク付け：一度に書き込める件数の上限を超えた"),
    ],
)
def test_an_admin_sees_how_the_rules_are(health: RuleHealth, said: str) -> None:
    blocks = draw_home(make_home(health=health), catalogue("ja"))["blocks"]
    assert said in str(blocks)
    assert ("すべて正常" in str(blocks)) == (health == RuleHealth(0, ()))
