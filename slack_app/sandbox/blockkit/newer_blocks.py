"""The blocks of 2026 that this product does not send: cards, containers, charts, data tables, agent blocks."""

from __future__ import annotations

from slack_app.sandbox.blockkit.elements import BUTTON, elements_named
from slack_app.sandbox.blockkit.limits import LIMITS
from slack_app.sandbox.blockkit.objects import BLOCK_ID, IMAGE, URL_SOURCE, markup, plain
from slack_app.sandbox.blockkit.report import Report
from slack_app.sandbox.blockkit.rich_text import RICH_TEXT
from slack_app.sandbox.blockkit.shape import Check, Shape, at_least_one, chars, flag, items, number, one_of, typed
from slack_app.sandbox.json_values import Json, as_list, as_text, objects

_ID: dict[str, Check] = {"block_id": BLOCK_ID}
_CHART = "data_visualization"


def _named(prefix: str, *names: str) -> dict[str, Check]:
    return {name: markup(LIMITS[f"{prefix}.{name}.max_length"]) for name in names}


_IMAGE = typed({"image": IMAGE})
_ICON = Shape({"name": chars(255, 1)}, ("name",))
CARD = Shape(
    {
        **_ID,
        **_named("card", "title", "subtitle", "body", "subtext"),
        "hero_image": _IMAGE,
        "icon": _IMAGE,
        "slack_icon": typed({"icon": _ICON}),
        "actions": items(typed({"button": BUTTON}), most=LIMITS["card.actions.max_items"]),
    },
    (),
    (at_least_one("title", "body", "hero_image", "actions"),),
)

_TASK_STATUS = one_of("pending", "in_progress", "complete", "error")
_RICH = typed({"rich_text": RICH_TEXT})
_TASK_FIELDS: dict[str, Check] = {
    "task_id": chars(255, 1),
    "title": chars(3000, 1),
    "status": _TASK_STATUS,
    "details": _RICH,
    "output": _RICH,
    "sources": items(typed({"url": URL_SOURCE})),
}
_TASK = Shape(_TASK_FIELDS, ("task_id", "title"))


def _bounds(name: str) -> dict[str, int]:
    return {"least": LIMITS[f"{_CHART}.{name}.min_items"], "most": LIMITS[f"{_CHART}.{name}.max_items"]}


_SEGMENT = Shape(
    {
        "label": chars(LIMITS[f"{_CHART}.segment.label.max_length"], 1),
        "value": number(above=LIMITS[f"{_CHART}.segment.value.exclusive_min"]),
    },
    ("label", "value"),
)
_POINT = Shape({"label": chars(LIMITS[f"{_CHART}.point_label.max_length"], 1), "value": number()}, ("label", "value"))
_SERIES = Shape(
    {"name": chars(LIMITS[f"{_CHART}.series_name.max_length"], 1), "data": items(_POINT, **_bounds("data"))},
    ("name", "data"),
)
_AXIS = Shape(
    {
        "categories": items(chars(LIMITS[f"{_CHART}.category_label.max_length"], 1), **_bounds("categories")),
        "x_label": chars(LIMITS[f"{_CHART}.axis_label.max_length"]),
        "y_label": chars(LIMITS[f"{_CHART}.axis_label.max_length"]),
    },
    ("categories",),
)
_AXIS_CHART = Shape({"series": items(_SERIES, **_bounds("series")), "axis_config": _AXIS}, ("series", "axis_config"))
_PIE = Shape({"segments": items(_SEGMENT, **_bounds("segments"))}, ("segments",))

_CELL_TEXT = chars(LIMITS["data_table.content.max_length"], LIMITS["data_table.cell_text.min_length"])
_DATA_CELL = typed(
    {
        "raw_text": Shape({"text": _CELL_TEXT}, ("text",)),
        "raw_number": Shape({"value": number(), "text": _CELL_TEXT}, ("value",)),
        "rich_text": RICH_TEXT,
    }
)


def _content_fits(value: Json, pointer: str, report: Report) -> None:
    rows = [objects(row) for row in as_list(value.get("rows")) or []]
    if sum(len(as_text(cell.get("text"))) for row in rows for cell in row) > LIMITS["data_table.content.max_length"]:
        report.add(pointer, f"must be less than {LIMITS['data_table.content.max_length'] + 1} characters in all")
    if len({len(row) for row in rows}) > 1:
        report.add(f"{pointer}/rows", "all rows must have the same number of columns")


DATA_TABLE = Shape(
    {
        **_ID,
        "rows": items(
            items(
                _DATA_CELL,
                least=LIMITS["data_table.columns.min_items"],
                most=LIMITS["data_table.columns.max_items"],
            ),
            least=LIMITS["data_table.rows.min_items"],
            most=LIMITS["data_table.rows.max_items"],
        ),
        "page_size": number(LIMITS["data_table.page_size.min"], LIMITS["data_table.page_size.max"]),
        "caption": chars(3000),
        "row_header_column_index": number(0),
    },
    ("rows",),
    (_content_fits,),
)


_STANDALONE: dict[str, Check] = {
    "alert": Shape(
        {
            **_ID,
            "text": markup(LIMITS["alert.text.max_length"]),
            "level": one_of("default", "info", "warning", "error", "success"),
        },
        ("text",),
    ),
    "card": CARD,
    "carousel": Shape(
        {
            **_ID,
            "elements": items(
                typed({"card": CARD}),
                least=LIMITS["carousel.elements.min_items"],
                most=LIMITS["carousel.elements.max_items"],
            ),
        },
        ("elements",),
    ),
    "context_actions": Shape(
        {
            **_ID,
            "elements": items(
                typed(elements_named(("feedback_buttons", "icon_button"))),
                least=1,
                most=LIMITS["context_actions.elements.max_items"],
            ),
        },
        ("elements",),
    ),
    "task_card": Shape({**_ID, **_TASK_FIELDS}, ("task_id", "title")),
    "plan": Shape({**_ID, "title": chars(3000, 1), "tasks": items(_TASK)}, ("title",)),
    "data_table": DATA_TABLE,
    "data_visualization": Shape(
        {
            **_ID,
            "title": chars(LIMITS[f"{_CHART}.title.max_length"], 1),
            "chart": typed({"pie": _PIE, "bar": _AXIS_CHART, "line": _AXIS_CHART, "area": _AXIS_CHART}),
        },
        ("title", "chart"),
    ),
}


def newer_blocks(child: Check) -> dict[str, Check]:
    """`child` checks a block inside a container."""
    return {
        **_STANDALONE,
        "container": Shape(
            {
                **_ID,
                "title": plain(LIMITS["container.title.max_length"]),
                "subtitle": markup(LIMITS["container.subtitle.max_length"]),
                "icon": _IMAGE,
                "child_blocks": items(child, least=1, most=LIMITS["container.child_blocks.max_items"]),
                "width": one_of("narrow", "standard", "wide", "full"),
                "is_collapsible": flag,
                "default_collapsed": flag,
                "has_header_divider": flag,
            },
            ("child_blocks",),
        ),
    }
