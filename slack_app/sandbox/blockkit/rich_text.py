"""Rich text and tables: the parts inside them and what a table's rows must look like."""

from __future__ import annotations

from slack_app.sandbox.blockkit.limits import TABLE_COLUMNS, TABLE_ROWS
from slack_app.sandbox.blockkit.objects import BLOCK_ID
from slack_app.sandbox.blockkit.report import Report
from slack_app.sandbox.blockkit.shape import Check, Shape, chars, flag, items, matching, number, one_of, typed, url
from slack_app.sandbox.json_values import Json, as_list

_STYLE = Shape(
    dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"), flag)
)
_ID = chars(255, 1)
_TEXT = chars(40_000, 1)


def _part(required: str, check: Check, **more: Check) -> Shape:
    return Shape({required: check, "style": _STYLE, **more}, (required,))


PARTS: dict[str, Check] = {
    "text": _part("text", _TEXT),
    "link": _part("url", url(), text=chars(40_000), unsafe=flag),
    "emoji": _part("name", _ID, unicode=_ID, skin_tone=number(1, 6)),
    "user": _part("user_id", _ID),
    "channel": _part("channel_id", _ID),
    "usergroup": _part("usergroup_id", _ID),
    "team": _part("team_id", _ID),
    "broadcast": _part("range", one_of("here", "channel", "everyone")),
    "color": _part("value", matching(r"#[0-9a-fA-F]{6}", "a colour as #rrggbb")),
    "date": Shape(
        {"timestamp": number(0), "format": _ID, "url": url(), "fallback": chars(3000), "style": _STYLE},
        ("timestamp", "format"),
    ),
}

_INLINE = items(typed(PARTS))
_BORDER: dict[str, Check] = {"border": number(0)}
_SECTION = Shape({"elements": _INLINE}, ("elements",))

RICH_ELEMENTS: dict[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_quote": Shape({"elements": _INLINE, **_BORDER}, ("elements",)),
    "rich_text_preformatted": Shape({"elements": _INLINE, **_BORDER, "language": _ID}, ("elements",)),
    "rich_text_list": Shape(
        {
            "elements": items(typed({"rich_text_section": _SECTION}), least=1),
            "style": one_of("bullet", "ordered"),
            "indent": number(0, 8),
            "offset": number(0),
            **_BORDER,
        },
        ("elements", "style"),
    ),
}

RICH_TEXT = Shape({"block_id": BLOCK_ID, "elements": items(typed(RICH_ELEMENTS), least=1)}, ("elements",))

_CELL = typed(
    {
        "raw_text": Shape({"text": _TEXT}, ("text",)),
        "raw_number": Shape({"value": number(), "text": _TEXT}, ("value",)),
        "rich_text": RICH_TEXT,
    }
)


def _columns(value: Json) -> list[int]:
    rows = [as_list(row) for row in as_list(value.get("rows")) or []]
    return [len(row) for row in rows if row is not None]


def _rectangular(value: Json, pointer: str, report: Report) -> None:
    if len(set(_columns(value))) > 1:
        report.add(f"{pointer}/rows", "all rows must have the same number of columns")


def _settings_fit(value: Json, pointer: str, report: Report) -> None:
    settings, columns = as_list(value.get("column_settings")), _columns(value)
    if settings is not None and columns and len(settings) != columns[0]:
        report.add(f"{pointer}/column_settings", "must have as many items as there are columns")


_COLUMN_SETTING = Shape({"align": one_of("left", "center", "right"), "is_wrapped": flag})


def _setting(value: object, pointer: str, report: Report) -> None:
    # A null leaves a column as it is.
    if value is not None:
        _COLUMN_SETTING(value, pointer, report)


TABLE = Shape(
    {
        "block_id": BLOCK_ID,
        "rows": items(items(_CELL, least=1, most=TABLE_COLUMNS), least=1, most=TABLE_ROWS),
        "column_settings": items(_setting, most=TABLE_COLUMNS),
    },
    ("rows",),
    (_rectangular, _settings_fit),
)
