"""The Home tab of a running program: what a person sees there, chooses there, and what the service makes of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from jobs.acts.team import rule_health
from jobs.database import writing
from jobs.ledger import rule_sets, runs
from rules.model import family_of
from slack_app.home_view import RuleHealth
from tests.journeys.stage import Stage, people_of, slack_id, soon

LUNCH = {
    "language": {"chosen": "en"},
    "quiet_from": {"chosen": "12:00"},
    "quiet_to": {"chosen": "13:00"},
    "quiet_days": {"chosen": ["0", "1", "2", "3", "4"]},
}


def busy(stage: Stage, team: str = "FS") -> str:
    """Somebody of the team for whom something is waiting."""
    return next(one["owner"] for one in stage.findings() if one["owner"] in people_of(team))


def opens_home(stage: Stage, owner: str) -> list[str]:
    stage.opens_home(owner)
    return shown(stage, owner)


def shown(stage: Stage, owner: str) -> list[str]:
    """The texts on this person's Home tab, block by block."""
    return [str(block.get("text", {}).get("text", "")) for block in stage.home(owner)]


def settles(stage: Stage, owner: str, values: dict[str, Any]) -> Any:
    stage.does(owner, "click", home=True, action_id="open_settings", value="settings")
    return stage.does(owner, "submit", values=values)


def test_it_says_what_waits_and_how_the_persons_queues_stand(open_stage: Stage) -> None:
    stage, owner = open_stage, busy(open_stage)
    waiting = len([one for one in stage.findings() if one["owner"] == owner])
    texts = opens_home(stage, owner)
    assert f"対応待ち {waiting} 件" in texts
    queues = next(words for words in texts if "担当のビュー" in words)
    assert "FS漏れ確認用" in queues
    assert "お問い合わせリード" not in queues  # that is inside sales' queue
    assert any("お届けしたお知らせ 1 件" in words for words in texts)


def test_an_acknowledgement_in_a_message_shows_on_it_at_once(open_stage: Stage) -> None:
    stage, owner = open_stage, busy(open_stage)
    opens_home(stage, owner)
    assert "確認済み" not in str(shown(stage, owner))
    mine = next(one for one in stage.messages(owner) if one.blocks)
    press = next(e for b in mine.blocks for e in b.get("elements", ()) if e.get("action_id") == "acknowledge")
    stage.presses(owner, mine, "acknowledge", press["value"])
    soon(lambda: "確認済み" in str(shown(stage, owner)))


def test_a_chosen_language_is_spoken_from_then_on(open_stage: Stage) -> None:
    stage, owner = open_stage, busy(open_stage)
    opens_home(stage, owner)
    assert settles(stage, owner, LUNCH)["errors"] == {}
    soon(lambda: "Quiet hours: Mon to Fri, 12:00–13:00" in str(shown(stage, owner)))
    stage.it_is("11-25 09:00")
    stage.make_round()
    assert "Wed, Nov 25" in stage.messages(owner)[-1].text


def test_in_quiet_hours_nothing_is_sent_and_afterwards_everything(open_stage: Stage) -> None:
    stage, owner = open_stage, busy(open_stage)
    opens_home(stage, owner)
    settles(stage, owner, LUNCH)
    before = len(stage.messages(owner))
    stage.it_is("11-25 12:10")
    assert stage.make_round()["held"][f"owner:{owner}"] == "quiet_hours"
    assert len(stage.messages(owner)) == before
    stage.it_is("11-25 13:00")
    stage.make_round()
    assert len(stage.messages(owner)) == before + 1


def test_nobody_can_choose_never_to_hear_of_anything(open_stage: Stage) -> None:
    stage, owner = open_stage, busy(open_stage)
    opens_home(stage, owner)
    always = LUNCH | {"quiet_from": {"chosen": "08:00"}, "quiet_to": {"chosen": "18:00"}}
    assert "一度も届かなく" in settles(stage, owner, always)["errors"]["quiet_from"]
    one_day_off = always | {"quiet_days": {"chosen": ["4"]}}
    assert settles(stage, owner, one_day_off)["errors"] == {}


def test_a_manager_sees_the_team_and_only_an_admin_the_rules(open_stage: Stage) -> None:
    stage, (manager,), (ops,) = open_stage, people_of("Manager"), people_of("Ops")
    everybody = len(stage.findings())
    seen = "\n".join(opens_home(stage, manager))
    total = int(re.findall(r"\*(\d+) items are open for the team\*", seen)[0])
    assert 0 < total <= everybody
    assert total == sum(int(n) for n in re.findall(r"^• .+: (\d+)(?: \(\d+ for more.*)?$", team_of(seen), re.MULTILINE))
    assert "Inquiry leads" in seen
    assert "*Rules*" not in seen
    assert "*ルールの状態*\n• すべて正常です" in "\n".join(opens_home(stage, ops))


def test_an_admin_sees_broken_files_and_rules_over_their_cap(stage: Stage) -> None:
    stage.make_first_round()
    assert rule_health(stage.program, "ja") == RuleHealth(0, ())
    rule, now = stage.program.rules().rules[0], stage.program.clock()
    with writing(stage.program.engine) as connection:
        run = runs.start(connection, "cycle", now, None)
        problem = {"step": "write", "message": "", "rule": family_of(rule.id)}
        runs.finish(connection, run, "partial", now, {"problems": [problem, {"step": "sync", "message": ""}]})
        rule_sets.tell(connection, rule_sets.BROKEN, "two mistakes", {"count": 2, "mistakes": []}, now)
    assert rule_health(stage.program, "ja") == RuleHealth(2, (rule.title.ja,))
    with writing(stage.program.engine) as connection:
        rule_sets.mend(connection, rule_sets.unmended(connection, rule_sets.BROKEN), now)
    assert rule_health(stage.program, "ja").mistakes == 0


def team_of(seen: str) -> str:
    return seen[seen.index("open for the team") :].partition("\n*")[0]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra `test`")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("language", "settings", "quiet", "save", "kept"),
    [
        ("ja", "設定を変更", "お知らせしない時間（開始）", "保存する", "平日　12:00～13:00"),
        ("en", "Change settings", "Quiet from", "Save", "Mon to Fri, 12:00–13:00"),
    ],
)
def test_a_person_chooses_quiet_hours_on_the_page(
    open_stage: Stage, browser: Any, language: str, settings: str, quiet: str, save: str, kept: str
) -> None:
    stage, owner = open_stage, busy(open_stage)
    opens_home(stage, owner)
    settles(stage, owner, {"language": {"chosen": language}})
    page = browser.new_page(viewport={"width": 1280, "height": 1400})
    page.goto(f"{stage.slack_page()}#user={slack_id(owner)}&place=app&tab=home")
    page.get_by_role("button", name=settings).click()
    page.get_by_label(quiet).fill("12:00")
    page.locator("input[type=time]").nth(1).fill("13:00")
    page.get_by_role("button", name=save).click()
    page.get_by_text(kept).wait_for()
    page.close()
