from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connector.mirror.typed import normalised, typed
from connector.records import Kind

FIVE = datetime(2025, 12, 13, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.TEXT, "abc", "abc"),
        (Kind.TEXT, "", None),
        (Kind.TEXT, None, None),
        (Kind.CHOICE, "NEW", "NEW"),
        (Kind.CHOICE, "", None),
        (Kind.MULTI, "B;A", ";A;B;"),  # sorted, so that equal sets are equal texts
        (Kind.MULTI, ";A;A;B;", ";A;B;"),  # duplicates and empty parts are dropped
        (Kind.MULTI, ";", None),
        (Kind.NUMBER, "17", 17.0),
        (Kind.NUMBER, "-1.5e3", -1500.0),
        (Kind.NUMBER, "many", None),
        (Kind.NUMBER, "nan", None),  # not a number that could be compared
        (Kind.NUMBER, "inf", None),
        (Kind.INSTANT, "2025-12-13T05:00:00Z", FIVE),
        (Kind.INSTANT, "2025-12-13T05:00:00.250Z", FIVE.replace(microsecond=250_000)),
        (Kind.INSTANT, "2025-12-13T14:00:00+09:00", FIVE),
        (Kind.INSTANT, "2025-12-13T05:00:00", FIVE),  # no zone means UTC
        (Kind.INSTANT, "1765602000000", FIVE),  # 20,435 days × 86,400,000 + 18,000,000
        (Kind.INSTANT, "tomorrow", None),
        (Kind.INSTANT, "99999999999999999999", None),  # beyond the year 9999
        (Kind.DATE, "2025-12-13", "2025-12-13"),
        (Kind.DATE, "2025-12-13T00:00:00Z", "2025-12-13"),
        (Kind.DATE, "1765584000000", "2025-12-13"),  # midnight of UTC
        (Kind.DATE, "soon", None),
        (Kind.OWNER, "71", "71"),
        (Kind.OWNER, "someone", None),
    ],
)
def test_text_becomes_a_value_that_can_be_compared(kind: Kind, text: str | None, value: Any) -> None:
    assert typed(kind, text) == value


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ＡＢＣ", "abc"),
        ("ｱｲｳ", "アイウ"),
        ("ｶﾞｷﾞ", "ガギ"),  # two half-width characters are one
        ("㈱山田", "(株)山田"),
        ("１２，３", "12,3"),
        ("か\u3099", "が"),  # a letter and its mark, as macOS writes file names
        ("山田　太郎", "山田 太郎"),
    ],
)
def test_width_and_case_make_no_difference_to_a_search(text: str, plain: str) -> None:
    assert normalised(text) == plain
