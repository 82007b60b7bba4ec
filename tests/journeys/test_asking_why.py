"""Asking in Slack why a contact is shown."""

from __future__ import annotations

from jobs.service import Service
from tests.journeys.stage import Stage, people_of, slack_id
from tests.journeys.test_people_act_in_slack import a_leak, name_of


def test_why_tells_the_finding_its_values_and_that_the_owner_was_told(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    for typed in (f"why {leak['id']}", f"なぜ ＃{leak['id_of_finding']}"):
        stage.types(leak["owner"], typed)
        said = str(stage.whispers(leak["owner"])[-1]["blocks"])
        assert f"`#{leak['id_of_finding']}`" in said
        assert "オープン取引" in said
        assert f"{name_of(leak['owner'])} さんへお知らせしました" in said


def test_why_tells_also_what_keeps_it_from_being_told(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    stage.types(leak["owner"], f"snooze #{leak['id_of_finding']} 3d")
    stage.it_is("11-25 09:00")
    stage.make_round()
    stage.types(leak["owner"], f"why {leak['id']}")
    said = str(stage.whispers(leak["owner"])[-1]["blocks"])
    assert "お知らせしていません：スヌーズ中です（11/25 9:00 から）" in said
    service = Service(stage.program)
    service.unsnooze(service.visitor(slack_id(leak["owner"])), [leak["id_of_finding"]], "click 1")
    stage.types(leak["owner"], f"why {leak['id']}")
    assert "スヌーズ中です" not in str(stage.whispers(leak["owner"])[-1]["blocks"])


def test_why_of_somebody_without_findings_and_of_nobody(open_stage: Stage) -> None:
    stage, asker = open_stage, people_of("FS")[0]
    shown = {one["id"] for one in stage.findings(state="all")}
    plain = next(
        i for i, one in stage.crm.state()["objects"]["contacts"].items() if i not in shown and not one["archived"]
    )
    stage.types(asker, f"why {plain}")
    assert "対応待ちの検知はありません" in stage.told_privately(asker)[-1]
    stage.types(asker, "why #999999")
    assert "見つかりません" in stage.told_privately(asker)[-1]
