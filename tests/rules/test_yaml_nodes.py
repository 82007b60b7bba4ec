from __future__ import annotations

import pytest

from rules.mistakes import Mistakes
from rules.yaml_nodes import plain, read_nodes


def read(text: str) -> object:
    mistakes = Mistakes()
    node = read_nodes("x.yaml", text.encode(), mistakes)
    assert not mistakes.errors
    assert node is not None
    return plain(node)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("09:30", "09:30"),  # YAML 1.1 reads a number to the base of 60
        ("no", "no"),
        ("on", "on"),
        ("2026-11-22", "2026-11-22"),
        ("12-29", "12-29"),
        ("007", "007"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        ("70", 70),
        ("-1.5", -1.5),
        ("true", True),
        ("'true'", "true"),
        ('"70"', "70"),
        ("null", None),
        ("~", None),
        ("", None),
        ("工場ナビ掲載", "工場ナビ掲載"),
        ("L1 # comment", "L1"),
    ],
)
def test_a_plain_scalar_is_text_unless_it_plainly_is_not(written: str, meant: object) -> None:
    assert read(f"key: {written}") == {"key": meant}


def test_a_long_text_may_hold_tabs_and_wide_spaces() -> None:
    assert read("key: |\n  \u3000段落\n  \ttext\n") == {"key": "\u3000段落\n\ttext\n"}


def test_windows_line_ends_are_read() -> None:
    assert read("a: 1\r\nb: [x, y]\r\n") == {"a": 1, "b": ["x", "y"]}


def test_places_count_letters_not_bytes() -> None:
    mistakes = Mistakes()
    node = read_nodes("x.yaml", "漢字: {ラベル: 値}".encode(), mistakes)
    assert node is not None
    inner = node.entries[0].value
    assert (inner.place.line, inner.place.column) == (1, 5)
