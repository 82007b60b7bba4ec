"""Rules that are tables: which rows hold for whom, and how a row is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rules.conditions import All, Cited, Not
from rules.model import RuleSet
from tests.rules.portal import FS_OWNER, IS_OWNER, Portal, rules_from

PortalWith = Callable[[str], Portal]
INFO = "then: [{finding: {severity: info}}]"


def table(shape: str, *rows: str, rest: str = INFO) -> str:
    written = "".join(f"      - {{{row}}}\n" for row in rows)
    return f"  t:\n    title: {{ja: 表, en: Table}}\n    for_each: contact\n    code: T1\n    {rest}\n    {shape}:\n{written}"


def caught(portal: Portal) -> dict[str, set[str]]:
    return {rule.id: portal.findings(rule.id) for rule in portal.rule_set.rules}


def test_the_first_row_that_holds_wins(portal_with: PortalWith) -> None:
    rows = ("lead_score: {at_least: 70}", "lead_status: NEW, name: fresh", "otherwise: true")
    portal = portal_with(table("first_match", *rows))
    portal.contact("both", "NEW", lead_score="80")
    portal.contact("new", "NEW")
    portal.contact("neither", "OPEN_DEAL", lead_score="10")
    assert caught(portal) == {"t/row-1": {"both"}, "t/fresh": {"new"}, "t/row-3": {"neither"}}


def test_what_stands_above_the_table_holds_for_every_row(portal_with: PortalWith) -> None:
    rest = f"when: [{{owner: {{known: true}}}}]\n    {INFO}"
    portal = portal_with(table("first_match", "lead_status: NEW", "otherwise: true", rest=rest))
    portal.contact("owned", "NEW")
    portal.contact("nobody's", None, hubspot_owner_id=None)
    assert caught(portal) == {"t/row-1": {"owned"}, "t/row-2": set()}


def test_every_row_that_holds_acts(portal_with: PortalWith) -> None:
    portal = portal_with(table("every_match", "lead_score: {at_least: 70}", "lead_status: NEW"))
    portal.contact("both", "NEW", lead_score="80")
    portal.contact("new", "NEW")
    assert caught(portal) == {"t/row-1": {"both"}, "t/row-2": {"both", "new"}}


def test_what_no_row_allows_is_found(portal_with: PortalWith) -> None:
    rows = ("lead_status: [NEW, IN_PROGRESS], owner: {role: IS}", "lead_status: OPEN_DEAL, owner: {role: FS}")
    portal = portal_with(table("allowed", *rows))
    portal.contact("fine", "NEW", hubspot_owner_id=IS_OWNER)
    portal.contact("fine too", "OPEN_DEAL", hubspot_owner_id=FS_OWNER)
    portal.contact("wrong team", "OPEN_DEAL", hubspot_owner_id=IS_OWNER)
    portal.contact("no status", None)
    assert caught(portal) == {"t": {"wrong team", "no status"}}


def test_a_row_inherits_title_and_code(tmp_path: Path) -> None:
    rule = rules_from(tmp_path, table("every_match", "lead_status: NEW, name: fresh")).rule("t/fresh")
    assert (rule.title.en, rule.code, rule.line) == ("Table", "T1", 9)


def test_a_row_acts_beside_what_the_rule_does(tmp_path: Path) -> None:
    row = "lead_status: NEW, then: [{set: {lead_rank: HOT}}]"
    (rule,) = rules_from(tmp_path, table("every_match", row)).rules
    assert rule.finding
    assert [action.value for action in rule.sets] == ["HOT"]


def test_a_row_is_compared_only_with_rows_that_could_hold_beside_it(tmp_path: Path) -> None:
    rows = ("lead_status: NEW", "lead_status: OPEN_DEAL", "lead_score: 5, lead_status: CONNECTED", "otherwise: true")
    rules = rules_from(tmp_path, table("first_match", *rows)).rules
    cited = [
        [p.item.rule_id for p in _parts(rule.when) if isinstance(p, Not) and isinstance(p.item, Cited)]
        for rule in rules
    ]
    assert cited == [[], [], [], ["t/row-1", "t/row-2", "t/row-3"]]  # fmt: skip


def _parts(when: object) -> tuple[object, ...]:
    return when.items if isinstance(when, All) else (when,)


def test_other_rules_name_a_table_or_one_of_its_rows(portal_with: PortalWith) -> None:
    plain = "  {id}:\n    title: {id}\n    for_each: contact\n    when: [{{lead_status: {{known: true}}}}]\n    unless: [{named}]\n    {info}\n"
    rules = table("every_match", "lead_score: {at_least: 70}", "lead_status: NEW")
    portal = portal_with(
        rules + plain.format(id="none", named="t", info=INFO) + plain.format(id="not-new", named="t/row-2", info=INFO)
    )
    portal.contact("hot", "OPEN_DEAL", lead_score="80")
    portal.contact("new", "NEW")
    portal.contact("quiet", "OPEN_DEAL")
    assert (portal.findings("none"), portal.findings("not-new")) == ({"quiet"}, {"hot", "quiet"})


def version(rule_set: RuleSet, rule_id: str) -> str:
    return rule_set.rule(rule_id).version


def test_a_changed_row_changes_only_those_it_decides(tmp_path: Path) -> None:
    rows = ["lead_status: NEW", "lead_score: 5", "lead_score: 6"]
    before = rules_from(tmp_path, table("first_match", *rows))
    rows[1] = "lead_score: 7"
    after = rules_from(tmp_path, table("first_match", *rows))
    changed = [rule.id for rule in after.rules if version(before, rule.id) != rule.version]
    assert changed == ["t/row-2", "t/row-3"]
