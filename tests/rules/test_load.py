from __future__ import annotations

import os
import re
import tracemalloc
from pathlib import Path

import pytest

from connector.records import CONTACTS, DEALS, MEETINGS, NOTES, Option, PropertyDefinition
from rules.conditions import Comparison, Span
from rules.fields import FieldMap
from rules.load import LIBRARY, load
from rules.model import Loaded, Mode
from rules.read_comparisons import OPERATORS
from rules.yaml_nodes import LARGEST_FILE
from tests.rules.portal import make_catalogue

SHIPPED = (LIBRARY / "vocabulary.yaml").read_text(encoding="utf-8")
README = LIBRARY.parent / "README.md"
GOOD = Path(__file__).parent.parent / "rule_files" / "good"
RULE = """format: 1
rules:
  {id}:
    title: {{ja: 例, en: example}}
    for_each: contact
    when: [{{{when}}}]
    then: [{{finding: {{severity: info}}}}]
"""


def write(folder: Path, name: str = "rules.yaml", when: str = "lead_status: NEW", rule_id: str = "a-rule") -> Path:
    path = folder / name
    path.write_text(RULE.format(id=rule_id, when=when), encoding="utf-8")
    return path


def load_here(folder: Path) -> Loaded:
    return load(folder, make_catalogue(), FieldMap.of())


def english(loaded: Loaded) -> list[str]:
    return [f"{one.file}:{one.line} {one.message.en}" for one in (*loaded.errors, *loaded.warnings)]


def test_the_shipped_files_load_without_a_portal() -> None:
    loaded = load(LIBRARY, None, FieldMap.of())
    assert (loaded.errors, loaded.warnings) == ((), ())


def test_every_shipped_rule_speaks_both_languages() -> None:
    loaded = load_here(LIBRARY)
    assert loaded.rule_set
    for rule in loaded.rule_set.rules:
        said = [rule.title] + ([rule.finding.message] if rule.finding else [])
        assert all(text.ja and text.en and text.ja != text.en for text in said), rule.id


def test_the_leak_check_shows_l1_to_l7() -> None:
    loaded = load_here(LIBRARY)
    assert loaded.rule_set
    assert [r.code for r in loaded.rule_set.rules if r.channel == "leak"] == [f"L{n}" for n in range(1, 8)]


def test_status_rules_suggest_and_list_rules_plan_by_default() -> None:
    loaded = load_here(LIBRARY)
    assert loaded.rule_set
    modes = (
        {rule.mode for rule in loaded.rule_set.rules if rule.finding},
        {rule.mode for rule in loaded.rule_set.rules if rule.lists},
    )
    assert modes == ({Mode.SUGGEST}, {Mode.PLAN})


def test_the_rules_tell_which_properties_must_be_mirrored() -> None:
    loaded = load_here(LIBRARY)
    assert loaded.rule_set
    assert loaded.rule_set.needs[CONTACTS] == {
        "hs_lead_status", "createdate", "inquiry_date", "hubspot_owner_id", "inquiry_service", "notes_last_contacted",
        "attempted_kind", "bad_timing_reason", "hs_email_optout", "hs_marketable_status",
        "email", "lastname", "firstname", "phone", "mobilephone", "company", "unqualified_reason", "inquiry_text",
    }  # fmt: skip


def test_a_property_of_a_type_that_was_never_read_is_needed_and_checked_later(tmp_path: Path) -> None:
    catalogue = {kind: found for kind, found in make_catalogue().items() if kind != MEETINGS}
    path = write(tmp_path, when="meetings: {any: {hs_meeting_location: 東京}}")
    loaded = load(path, catalogue, FieldMap.of())
    assert loaded.rule_set
    assert "hs_meeting_location" in loaded.rule_set.needs[MEETINGS]
    assert [one.split(" ", 1)[0] for one in english(loaded)] == ["rules.yaml:6"]


def test_values_labels_and_aliases_mean_the_internal_value(tmp_path: Path) -> None:
    versions = set()
    for word in ("ATTEMPTED_TO_CONTACT", "連絡試行済み", "連携試行済み", "Attempted to contact"):
        loaded = load_here(write(tmp_path, when=f"lead_status: {word}"))
        assert loaded.rule_set
        versions.add(loaded.rule_set.rule("a-rule").when)
    assert len(versions) == 1


def test_a_folder_takes_what_it_does_not_say_from_the_shipped_files(tmp_path: Path) -> None:
    loaded = load_here(write(tmp_path).parent)
    assert loaded.rule_set
    assert loaded.rule_set.vocabulary.status("NEW")
    assert "first_meeting" in loaded.rule_set.relations


def test_all_mistakes_of_all_files_are_reported_together(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "lead_statsu: NEW", "one")
    write(tmp_path, "b.yaml", "owner: {lives: true}, lead_status: XX", "two")
    assert english(load_here(tmp_path)) == [
        "a.yaml:6 'lead_statsu' is no property of a contact",
        "b.yaml:6 'Contact owner' cannot be compared by 'lives'",
        "b.yaml:6 'Lead status' has no option 'XX'",
    ]


def test_one_rule_id_cannot_stand_in_two_files(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml")
    write(tmp_path, "b.yaml")
    assert english(load_here(tmp_path)) == ["b.yaml:3 The rule 'a-rule' stands in a.yaml, line 3 already"]


def test_there_is_one_vocabulary(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text((LIBRARY / "vocabulary.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    assert [one.split(" ", 1)[1] for one in english(load_here(tmp_path))] == ["'vocabulary' stands in a.yaml already"]


def test_a_folder_that_is_not_there_or_empty_is_an_error(tmp_path: Path) -> None:
    assert load_here(tmp_path).errors[0].message.en == "There is no rule file (.yaml)"
    assert load_here(tmp_path / "gone").errors[0].message.en == "There is no such folder"


def test_another_extension_is_pointed_out(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, "more.yml")
    assert english(load_here(tmp_path)) == ["more.yml:1 This file is not read, as its extension is not .yaml"]


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"#" * (LARGEST_FILE + 1))
    assert "too large" in load_here(tmp_path).errors[0].message.en


def test_of_a_file_far_too_large_little_is_read(tmp_path: Path) -> None:
    with (tmp_path / "a.yaml").open("wb") as file:
        file.truncate(200_000_000)
    tracemalloc.start()
    loaded = load_here(tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "too large" in loaded.errors[0].message.en
    assert peak < 20_000_000


def test_what_is_no_plain_file_is_not_opened(tmp_path: Path) -> None:
    write(tmp_path, "good.yaml")
    os.mkfifo(tmp_path / "pipe.yaml")  # reading it would wait for ever
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    assert [one.split(":")[0] for one in english(load_here(tmp_path))] == ["gone.yaml", "pipe.yaml"]


@pytest.mark.parametrize(
    "deep", ["[" * 10_000, "{a: " * 10_000, "\n".join(" " * n + "a:" for n in range(1000)), "- " * 10_000]
)
def test_what_is_nested_without_end_is_refused(tmp_path: Path, deep: str) -> None:
    (tmp_path / "a.yaml").write_text(f"format: 1\nrules: {{}}\nx:\n {deep}\n", encoding="utf-8")
    assert load_here(tmp_path).errors


def test_an_alias_is_refused_before_it_can_grow(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]\n" for n in range(30))
    (tmp_path / "a.yaml").write_text(f"format: 1\n{bomb}", encoding="utf-8")
    assert english(load_here(tmp_path)) == ["a.yaml:2 Anchors (&) and aliases (*) cannot be used"]


@pytest.mark.parametrize("end", ["\r\n", "\n\n"])
def test_line_ends_of_any_kind_do_no_harm(tmp_path: Path, end: str) -> None:
    path = write(tmp_path)
    path.write_bytes(path.read_text(encoding="utf-8").rstrip().replace("\n", end).encode())
    assert load_here(path).errors == ()


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_here(path).errors == ()


def test_a_property_that_the_portal_lost_is_named(tmp_path: Path) -> None:
    fields = FieldMap.of({CONTACTS: {"last_activity_at": "letzter_kontakt"}})
    loaded = load(write(tmp_path, when="last_activity_at: {known: false}"), make_catalogue(), fields)
    assert english(loaded) == [
        "rules.yaml:6 'last_activity_at' stands for the property 'letzter_kontakt' of contacts, which the CRM does not have"
    ]


def test_the_field_map_moves_a_word_to_another_property(tmp_path: Path) -> None:
    fields = FieldMap.of({CONTACTS: {"last_activity_at": "notes_last_updated"}})
    loaded = load(write(tmp_path, when="last_activity_at: {known: false}"), make_catalogue(), fields)
    assert loaded.rule_set
    assert "notes_last_updated" in loaded.rule_set.needs[CONTACTS]


def test_a_word_that_only_the_portal_knows_is_not_refused_without_it(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, when="favourite_colour: red"), None, FieldMap.of())
    assert english(loaded) == ["rules.yaml:6 'favourite_colour' cannot be checked without the CRM"]
    assert loaded.rule_set


def test_a_label_of_two_options_is_refused(tmp_path: Path) -> None:
    catalogue = make_catalogue()
    options = (Option("a", "同じ"), Option("b", "同じ"))
    catalogue[CONTACTS].append(PropertyDefinition(CONTACTS, "twins", "双子", "enumeration", "select", options))
    loaded = load(write(tmp_path, when="twins: 同じ"), catalogue, FieldMap.of())
    assert english(loaded) == ["rules.yaml:6 Several options are labelled '同じ' (a, b)"]


@pytest.mark.parametrize(
    ("when", "warned"),
    [
        ("inquiry_source: {is_not: web_form}", True),
        ("inquiry_source: {is_not: web_form, or_missing: true}", False),
        ("inquiry_source: {is_not: web_form, known: true}", False),
        ("inquiry_source: web_form", False),
        ("jobtitle: {contains_none: 部}", True),
        ("jobtitle: {contains_none: 部, known: true}", False),
    ],
)
def test_a_negative_that_also_holds_for_nothing_is_pointed_out(tmp_path: Path, when: str, warned: bool) -> None:
    loaded = load_here(write(tmp_path, when=when))
    assert bool(loaded.warnings) is warned
    assert loaded.rule_set


def test_reasons_have_names_in_both_languages_and_a_label_for_no_option_is_pointed_out(tmp_path: Path) -> None:
    words = "    bad_timing_reason:\n      label: {ja: 理由, en: Why}\n      options: {budget: {ja: 予算, en: Money}, fate: 運}\n"
    vocabulary = re.sub(
        r"  reasons:\n    attempted_kind:.*?(?=\n  # From)", lambda _: f"  reasons:\n{words}", SHIPPED, flags=re.DOTALL
    )
    (tmp_path / "vocabulary.yaml").write_text(vocabulary, encoding="utf-8")
    loaded = load_here(write(tmp_path).parent)
    assert [one.message.en for one in loaded.warnings] == ["'Reason for Bad timing' has no option 'fate'"]
    assert loaded.rule_set
    reason = loaded.rule_set.vocabulary.reasons["bad_timing_reason"]
    assert (reason.label.en, reason.options["budget"].en) == ("Why", "Money")


def test_a_reason_that_is_no_property_is_a_mistake(tmp_path: Path) -> None:
    text = SHIPPED.replace("    attempted_kind:\n", "    attempted_kin:\n")
    (tmp_path / "vocabulary.yaml").write_text(text, encoding="utf-8")
    (mistake,) = load_here(write(tmp_path).parent).errors
    assert "'attempted_kin' is no property of a contact" in mistake.message.en


def test_the_version_of_a_rule_follows_its_meaning_and_nothing_else(tmp_path: Path) -> None:
    def version(path: Path) -> str:
        loaded = load_here(path)
        assert loaded.rule_set
        return loaded.rule_set.rule("a-rule").version

    first = version(write(tmp_path))
    path = write(tmp_path)
    path.write_text("# a comment\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert version(path) == first
    assert version(write(tmp_path, when="lead_status: OPEN_DEAL")) != first


def test_the_version_of_the_set_follows_the_vocabulary_and_the_field_map(tmp_path: Path) -> None:
    write(tmp_path)
    sets = [load_here(tmp_path).rule_set]
    (tmp_path / "v.yaml").write_text(
        (LIBRARY / "vocabulary.yaml").read_text(encoding="utf-8").replace("en: New", "en: Fresh"), encoding="utf-8"
    )
    sets += [load_here(tmp_path).rule_set]
    changed = FieldMap.of({CONTACTS: {"inquiry_text": "message"}})
    sets += [load(tmp_path, make_catalogue(), changed).rule_set]
    assert len({one.version for one in sets if one}) == 3


def test_loading_twice_gives_the_same_rules() -> None:
    assert load_here(GOOD).rule_set == load_here(GOOD).rule_set


def test_what_lists_show_of_their_members_is_no_condition_for_a_portal() -> None:
    catalogue = make_catalogue()
    catalogue[CONTACTS] = [one for one in catalogue[CONTACTS] if one.name != "hs_marketable_status"]
    loaded = load(LIBRARY, catalogue, FieldMap.of())
    assert loaded.rule_set, loaded.errors
    assert "hs_marketable_status" not in loaded.rule_set.needs[CONTACTS]


TWO_CALENDARS = """format: 1
calendars:
  jp: {time_zone: Asia/Tokyo, weekend: [saturday, sunday], holidays: JP}
  us: {time_zone: America/New_York, weekend: [saturday, sunday], holidays: US}
"""


def span_of(folder: Path) -> Span:
    loaded = load_here(folder)
    assert loaded.rule_set, loaded.errors
    condition = loaded.rule_set.rule("a-rule").when
    assert isinstance(condition, Comparison)
    assert isinstance(condition.operand, Span)
    return condition.operand


def test_a_rule_counts_by_the_calendar_that_it_or_its_file_names(tmp_path: Path) -> None:
    (tmp_path / "calendars.yaml").write_text(TWO_CALENDARS, encoding="utf-8")
    path = write(tmp_path, when="created_at: {older_than: 3 business days}")
    plain = path.read_text(encoding="utf-8")
    counted = [span_of(tmp_path).calendar]
    path.write_text(plain.replace("rules:", "calendar: us\nrules:"), encoding="utf-8")
    counted += [span_of(tmp_path).calendar]
    path.write_text(plain.replace("    when:", "    calendar: us\n    when:"), encoding="utf-8")
    assert [*counted, span_of(tmp_path).calendar] == [None, "us", "us"]


def test_the_calendar_of_a_file_counts_for_the_version_of_its_rules(tmp_path: Path) -> None:
    (tmp_path / "calendars.yaml").write_text(TWO_CALENDARS, encoding="utf-8")
    path = write(tmp_path, when="created_at: {older_than: 3 business days}")
    versions = set[str]()
    for text in (
        path.read_text(encoding="utf-8"),
        path.read_text(encoding="utf-8").replace("rules:", "calendar: us\nrules:"),
    ):
        path.write_text(text, encoding="utf-8")
        rule_set = load_here(tmp_path).rule_set
        versions |= {rule_set.rule("a-rule").version} if rule_set else set()
    assert len(versions) == 2


def test_the_first_calendar_is_the_firm_s(tmp_path: Path) -> None:
    (tmp_path / "calendars.yaml").write_text(TWO_CALENDARS, encoding="utf-8")
    write(tmp_path)
    rule_set = load_here(tmp_path).rule_set
    assert rule_set
    assert rule_set.calendar == rule_set.calendars["jp"]


def test_the_rules_tell_which_texts_are_searched_and_which_histories_are_asked_for(tmp_path: Path) -> None:
    when = "jobtitle: {contains: 長}, owner: {unchanged_for: 3 days}, deals: {any: {dealstage: {was_ever: closedwon}}}"
    rule_set = load_here(write(tmp_path, when=when)).rule_set
    assert rule_set
    # The guards of the shipped vocabulary look for a mark in notes.
    assert rule_set.searched == {CONTACTS: {"jobtitle"}, NOTES: {"hs_note_body"}}
    assert rule_set.histories == {CONTACTS: {"hs_lead_status", "hubspot_owner_id"}, DEALS: {"dealstage"}}


def test_the_history_of_the_lead_status_is_always_read(tmp_path: Path) -> None:
    rule_set = load_here(write(tmp_path, when="lead_score: 1")).rule_set
    assert rule_set
    assert rule_set.histories == {CONTACTS: {"hs_lead_status"}}


def test_labels_cannot_be_searched_without_the_portal(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, when="inquiry_source: {contains: web}"), None, FieldMap.of())
    assert english(loaded) == ["rules.yaml:6 'inquiry_source' cannot be checked without the CRM"]


def test_every_operator_is_documented() -> None:
    table = [line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    assert set(OPERATORS) <= set(re.findall(r"`(\w+)`", "".join(table)))
