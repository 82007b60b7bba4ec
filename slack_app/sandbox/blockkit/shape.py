"""How a JSON object is checked against a table of its fields: the small vocabulary all Block Kit tables use."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from slack_app.sandbox.blockkit.report import Report
from slack_app.sandbox.json_values import Json, as_list, as_object

Check: TypeAlias = Callable[[object, str, Report], None]
Rule: TypeAlias = Callable[[Json, str, Report], None]

_URL = re.compile(r"^(https?|mailto|slack|tel):\S+$")


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """The fields of one kind of object. `rules` look at several fields together. `type` is always allowed."""

    fields: Mapping[str, Check]
    required: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()

    def __call__(self, value: object, pointer: str, report: Report) -> None:
        found = as_object(value)
        if found is None:
            report.add(pointer, "must be an object")
            return
        for name in self.required:
            if found.get(name) is None:
                report.add(pointer, f"missing required field: {name}")
        for name, content in found.items():
            if name in self.fields:
                if content is not None:
                    self.fields[name](content, f"{pointer}/{name}", report)
            elif name != "type":
                report.add(pointer, f"invalid additional property: {name}")
        for rule in self.rules:
            rule(found, pointer, report)


def chars(most: int, least: int = 0) -> Check:
    """A string of so many Unicode code points."""

    def check(value: object, pointer: str, report: Report) -> None:
        if not isinstance(value, str):
            report.add(pointer, "must provide a string")
        elif len(value) > most:
            report.add(pointer, f"must be less than {most + 1} characters")
        elif len(value) < least:
            report.add(pointer, f"must be more than {least - 1} characters")

    return check


def url(most: int = 3000) -> Check:
    length = chars(most, 1)

    def check(value: object, pointer: str, report: Report) -> None:
        length(value, pointer, report)
        if isinstance(value, str) and value and not _URL.match(value):
            report.add(pointer, "must be a valid url")

    return check


def matching(pattern: str, words: str) -> Check:
    compiled = re.compile(pattern)

    def check(value: object, pointer: str, report: Report) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            report.add(pointer, f"must be {words}")

    return check


def one_of(*allowed: str) -> Check:
    def check(value: object, pointer: str, report: Report) -> None:
        if value not in allowed:
            report.add(pointer, f"must be one of: {', '.join(allowed)}")

    return check


def number(least: float | None = None, most: float | None = None, *, above: float | None = None) -> Check:
    def check(value: object, pointer: str, report: Report) -> None:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            report.add(pointer, "must provide a number")
        elif (least is not None and value < least) or (above is not None and value <= above):
            report.add(pointer, "number is too small")
        elif most is not None and value > most:
            report.add(pointer, "number is too large")

    return check


def flag(value: object, pointer: str, report: Report) -> None:
    if not isinstance(value, bool):
        report.add(pointer, "must provide a boolean")


def anything(_value: object, _pointer: str, _report: Report) -> None:
    """Accepts every value: for parts that Slack takes and this product never sends."""


def items(check: Check, *, least: int = 0, most: int | None = None) -> Check:
    def check_items(value: object, pointer: str, report: Report) -> None:
        found = as_list(value)
        if found is None:
            report.add(pointer, "must provide a list")
            return
        if len(found) < least:
            report.add(pointer, f"no fewer than {least} items required")
        if most is not None and len(found) > most:
            report.add(pointer, f"no more than {most} items allowed")
        for index, item in enumerate(found):
            check(item, f"{pointer}/{index}", report)

    return check_items


def typed(shapes: Mapping[str, Check]) -> Check:
    """An object whose `type` chooses its table."""

    def check(value: object, pointer: str, report: Report) -> None:
        found = as_object(value)
        if found is None:
            report.add(pointer, "must be an object")
            return
        kind = found.get("type")
        if not isinstance(kind, str):
            report.add(pointer, "missing required field: type")
        elif kind not in shapes:
            report.add(f"{pointer}/type", f"unsupported type: {kind}")
        else:
            shapes[kind](found, pointer, report)

    return check


def exactly_one(*names: str) -> Rule:
    def rule(value: Json, pointer: str, report: Report) -> None:
        given = [name for name in names if value.get(name) is not None]
        if len(given) != 1:
            report.add(pointer, f"must provide exactly one of: {', '.join(names)}")

    return rule


def at_least_one(*names: str) -> Rule:
    def rule(value: Json, pointer: str, report: Report) -> None:
        if not any(value.get(name) for name in names):
            report.add(pointer, f"must provide at least one of: {', '.join(names)}")

    return rule
