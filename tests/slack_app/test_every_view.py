"""Everything that we can show in Slack is one that Slack takes, and stands in a file for others to check."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any

import pytest

import slack_app.blocks
import slack_app.listeners
from slack_app.courier import Message
from slack_app.limits import fitted_message, fitted_view
from slack_app.sandbox.blockkit.limits import MESSAGE_CHARACTERS
from slack_app.sandbox.blockkit.payload import check_message_blocks, check_view, count_characters, is_view_too_large
from slack_app.texts.catalogue import LANGUAGES
from slack_app.views import MessageKind
from tests.slack_app.every_view import EVERY, FOLDER, files

REMEDY = "run `python -m tests.slack_app.every_view`"
# Pieces of a message or view, not one of them.
PIECES = {"slack_app.blocks.elements"}
SHOWN = {"Message", "View", "dict[str, Any]", "Mapping[str, Any]"}
# What lets a listener draw: the views themselves are made by builders.
LISTENERS_OWN = {"doctor_command", "form", "nothing_found", "review_command", "status_command", "why_message"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EVERY)
def test_slack_takes_it_as_we_make_it(name: str, language: str) -> None:
    shown = EVERY[name](language)
    if isinstance(shown, Message):
        assert fitted_message(shown)[1] == []
        assert shown.text
        assert check_message_blocks(list(shown.blocks)).problems == []
        assert count_characters(list(shown.blocks)) <= MESSAGE_CHARACTERS
    else:
        assert fitted_view(shown)[1] == []
        assert check_view(shown, ("modal", "home")).problems == []
        assert not is_view_too_large(shown)


def test_each_stands_in_a_file_as_it_is_now() -> None:
    saved = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    assert sorted(saved) == sorted(files()), REMEDY
    assert {name for name, content in files().items() if saved[name] != content} == set(), REMEDY


def test_each_kind_of_message_is_among_them() -> None:
    assert {kind.value for kind in MessageKind} - {name.partition("-")[0] for name in EVERY} == set()


def test_each_builder_makes_one_of_them() -> None:
    """Whoever adds a builder adds a line to the table."""
    used: set[CodeType] = set()

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call":
            used.add(frame.f_code)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        for made in EVERY.values():
            made("ja")
    finally:
        sys.setprofile(before)
    found = dict(builders())
    assert len(found) > 10
    assert {name for name, code in found.items() if code not in used} == set()


def builders() -> Iterator[tuple[str, CodeType]]:
    """Every public function of blocks and listeners that makes a message or a view, by its annotation."""
    for package in (slack_app.blocks, slack_app.listeners):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            members = inspect.getmembers(importlib.import_module(module.name), inspect.isfunction)
            for name, function in members:
                own = function.__module__ == module.name and not name.startswith("_")
                shows = function.__annotations__.get("return") in SHOWN
                if own and shows and module.name not in PIECES and name not in LISTENERS_OWN:
                    yield f"{module.name}.{name}", function.__code__
