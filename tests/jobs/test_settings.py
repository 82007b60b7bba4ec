"""Settings are read once, checked, and say what is wrong with them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from jobs.errors import SettingsWrong
from jobs.settings import File, load_settings
from rules.fields import FieldMap
from tests.jobs.settings_builders import make_environment, make_settings

SHIPPED = Path(__file__).parent.parent.parent / "settings.toml"


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(SettingsWrong) as caught:
        make_settings(folder, text)
    return str(caught.value)


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    assert make_settings(tmp_path).file == File()


def test_the_shipped_file_states_the_defaults() -> None:
    shipped = File.model_validate(tomllib.loads(SHIPPED.read_text(encoding="utf-8")))
    assert shipped.model_copy(update={"fields": {}}) == File()
    assert FieldMap.of(shipped.fields) == FieldMap.of()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[service]\nlanguag = 'en'", ("[service] languag", "Did you mean language?")),
        ("[servce]\nlanguage = 'en'", ("settings.toml: servce", "Did you mean service?")),
        ("[reminders]\ndigest = '08:00'", ("[reminders] digest", "Did you mean digest_at?")),
        ("[crm]\nzzz = 1", ("[crm] zzz", "Known here: calls_per_10_seconds")),
    ],
)
def test_an_unknown_key_is_named_with_its_nearest(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    said = complaint(tmp_path, text)
    assert str(tmp_path / "settings.toml") in said
    assert [word for word in words if word not in said] == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[service]\nlanguage = 'fr'", "[service] language"),
        ("[service]\ncycle_every_minutes = 'often'", "[service] cycle_every_minutes"),
        ("[service]\ncycle_every_minutes = 0", "[service] cycle_every_minutes"),
        ("[reminders]\ndigest_at = 'nine'", "[reminders] digest_at"),
        ("[reminders]\nworking_hours = ['09:00']", "[reminders.working_hours] 1"),
        ("[reminders]\nworking_hours = ['18:00', '09:00']", "[reminders] working_hours"),
        ("[reminders]\nleak_check_at = '19:40'", "leak_check_at is outside working_hours"),
        ("[reminders.escalation]\nteam_after_days = 8", "each step must come later"),
        ("[slack.team_channels]\nSales = 'sales'", "[slack.team_channels] Sales"),
        ("[roles]\nIS = 'IS'", "[roles] IS"),
        ("[roles]\nManger = ['Manager']", "[roles] Manger"),
        ("[crm.properties]\ncontact = ['jobtitle']", "[crm.properties] contact"),
        ("[fields.contact]\nowner = 'x'", "[fields] contact: there is no such setting. Did you mean contacts?"),
        ("service = 5", "settings.toml: service"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    assert place in complaint(tmp_path, text)


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    said = complaint(tmp_path, "[service]\nlanguag = 'en'\n[crm]\nsearches_per_second = 50")
    assert len(said.splitlines()) == 2


def test_a_file_that_is_no_toml_is_named_with_the_line(tmp_path: Path) -> None:
    said = complaint(tmp_path, "[service]\nlanguage = en")
    assert "cannot be read as TOML" in said
    assert "line 2" in said


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert make_settings(tmp_path, "\ufeff[service]\nlanguage = 'en'").file.service.language == "en"


def test_bytes_that_are_no_utf8_are_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes("[service]\n# 設定\n".encode("shift_jis"))
    with pytest.raises(SettingsWrong, match=r"settings\.toml: cannot be read"):
        load_settings(make_environment(tmp_path))


def test_a_file_that_is_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsWrong, match=r"elsewhere\.toml: there is no such file"):
        load_settings(make_environment(tmp_path, mimawari_settings=str(tmp_path / "elsewhere.toml")))


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MIMAWARI_SETTINGS", raising=False)
    assert load_settings().file == File()


def test_secrets_are_never_printed(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    shown = f"{settings!r} {settings} {settings.environment.model_dump()}"
    assert "xoxb-of-a-test" not in shown
    assert "crm-token-of-a-test" not in shown
    assert "signing-secret-of-a-test" not in shown


def test_the_environment_names_the_database_before_the_file(tmp_path: Path) -> None:
    text = "[service]\ndatabase = 'sqlite:///other.db'"
    assert make_settings(tmp_path, text, mimawari_database_url=None).database_url == "sqlite:///other.db"
    assert make_settings(tmp_path, text, mimawari_database_url="sqlite://").database_url == "sqlite://"


def test_the_rules_folder_is_seen_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    assert make_settings(tmp_path, "[service]\nrules_folder = 'ours'").rules_folder == tmp_path / "ours"


def test_the_shipped_rules_serve_where_none_are_beside_the_file(tmp_path: Path) -> None:
    assert (make_settings(tmp_path).rules_folder / "fs-leak.yaml").exists()


def test_a_folder_that_is_named_is_never_replaced_by_the_shipped_one(tmp_path: Path) -> None:
    assert make_settings(tmp_path, "[service]\nrules_folder = 'ours'").rules_folder == tmp_path / "ours"
