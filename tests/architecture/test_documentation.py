"""What the documentation says and what the program offers are the same."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from jobs.settings import Environment, File
from tests.architecture.source import ROOT
from tests.every_command import every_command

README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "settings.toml").read_text(encoding="utf-8")


def keys(section: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in section.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from keys(annotation, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


COMMANDS = every_command()


@pytest.mark.parametrize("key", list(keys(File)))
def test_every_setting_stands_in_the_settings_file(key: str) -> None:
    found: Any = tomllib.loads(SETTINGS)
    for part in key.split("."):
        assert part in found, f"settings.toml lacks {key}"
        found = found[part]


def test_every_setting_there_is_explained() -> None:
    lines = SETTINGS.splitlines()
    plain = [i for i, line in enumerate(lines) if re.match(r"\w+ = ", line) and not _of_a_table(lines, i)]
    assert plain
    for i in plain:
        assert lines[i - 1].startswith("#") or re.match(r"\w+ = ", lines[i - 1]), f"nothing explains {lines[i]!r}"


def _of_a_table(lines: list[str], number: int) -> bool:
    """Of roles and fields, one sentence above explains the whole table."""
    header = next(line for line in reversed(lines[:number]) if line.startswith("["))
    return header.startswith(("[roles", "[fields"))


@pytest.mark.parametrize("name", [name.upper() for name in Environment.model_fields])
def test_every_variable_of_the_environment_is_in_the_readme(name: str) -> None:
    assert name in README


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_and_option_is_in_the_readme(name: str) -> None:
    assert f"mimawari {name}" in README or f"`{name}" in README, f"README.md lacks mimawari {name}"
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts if option.startswith("--")}
    missing = {option for option in options - {"--help"} if option not in README}
    assert missing == set(), f"README.md lacks options of mimawari {name}"


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_prints_json_when_asked(name: str) -> None:
    assert "--json" in {option for parameter in COMMANDS[name].params for option in parameter.opts}


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_says_what_it_does(name: str) -> None:
    assert COMMANDS[name].help


def test_every_command_in_the_readme_exists() -> None:
    named = set(re.findall(r"(?:`|bin/)mimawari ((?:sandbox |rules |slack )?[a-z]+)", README)) - {"sandbox", "rules"}
    assert {name for name in named if name not in COMMANDS} == set()
