"""One mistake per file, named in the file's name; what the loader says about it stands beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rules.fields import FieldMap
from rules.load import LIBRARY, load
from rules.model import RuleError
from rules.sentences import HINTS, SENTENCES
from tests.rules.portal import make_catalogue

RULE_FILES = Path(__file__).parent.parent / "rule_files"
BAD = sorted((RULE_FILES / "bad").glob("*.yaml"))
GOOD = sorted((RULE_FILES / "good").glob("*.yaml"))
# Said of folders, of two files at once, of a portal, or as a warning: tested in test_load and test_lint.
ELSEWHERE = {
    "too_large", "unreadable", "no_folder", "no_files", "other_extension", "duplicate_rule", "duplicate_section",
    "unchecked_word", "property_gone", "ambiguous_label", "negative_and_missing", "unknown_row", "unknown_user", "user_gone",
    "gap", "same_when", "shadowed", "auto_without_owner", "nobody_to_tell",
}  # fmt: skip


def said(path: Path) -> str:
    """Place, sentence and hint in both languages, one mistake after the other."""
    return "".join(_lines(error) for error in load(path, make_catalogue(), FieldMap.of()).errors)


def _lines(error: RuleError) -> str:
    hints = f"-> {error.hint.ja}\n-> {error.hint.en}\n" if error.hint else ""
    return f"{error.line}:{error.column}\n{error.message.ja}\n{error.message.en}\n{hints}"


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_mistake_is_named_with_its_place_and_remedy(path: Path) -> None:
    assert said(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_one_mistake_is_reported_once(path: Path) -> None:
    assert len(load(path, make_catalogue(), FieldMap.of()).errors) == 1


@pytest.mark.parametrize("path", [*GOOD, LIBRARY], ids=lambda path: path.stem)
def test_good_files_load_without_a_word(path: Path) -> None:
    loaded = load(path, make_catalogue(), FieldMap.of())
    assert (loaded.errors, loaded.warnings) == ((), ())
    assert loaded.rule_set is not None


def test_every_sentence_is_provoked_by_a_file() -> None:
    everything = "\n".join(path.with_suffix(".txt").read_text(encoding="utf-8") for path in BAD)
    for name in SENTENCES.keys() - ELSEWHERE:
        pattern = ".+".join(map(re.escape, re.split(r"{+\w+}+", SENTENCES[name].en)))
        assert re.search(f"(?m)^{pattern}$", everything), f"no bad file provokes {name!r}"


def test_every_hint_belongs_to_a_sentence() -> None:
    assert set(HINTS) <= set(SENTENCES)
