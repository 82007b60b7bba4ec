"""One condition in words, Japanese and English, for explanations."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime

from rules.conditions import (
    All,
    AnyOf,
    Cited,
    Comparison,
    Condition,
    Count,
    First,
    Grouped,
    Moment,
    Not,
    Operator,
    Quantifier,
    Related,
    Span,
    SpanUnit,
    Sum,
    Word,
)
from rules.scope import Ground
from rules.text import Text
from rules.world import World

_PATTERNS: Mapping[Operator, Text] = {
    Operator.IS: Text("{word}が「{operand}」", "{word} is {operand}"),
    Operator.IS_NOT: Text("{word}が「{operand}」でない", "{word} is not {operand}"),
    Operator.KNOWN: Text("{word}がある", "{word} is known"),
    Operator.UNKNOWN: Text("{word}がない", "{word} is missing"),
    Operator.IN_VOCABULARY: Text("{word}が定義のある値", "{word} is in the vocabulary"),
    Operator.NOT_IN_VOCABULARY: Text("{word}が定義のない値", "{word} is not in the vocabulary"),
    Operator.CONTAINS: Text("{word}に「{operand}」を含む", "{word} contains {operand}"),
    Operator.CONTAINS_NONE: Text("{word}に「{operand}」を含まない", "{word} does not contain {operand}"),
    Operator.STARTS_WITH: Text("{word}が「{operand}」で始まる", "{word} starts with {operand}"),
    Operator.ENDS_WITH: Text("{word}が「{operand}」で終わる", "{word} ends with {operand}"),
    Operator.HAS_ANY: Text("{word}に「{operand}」を含む", "{word} has {operand}"),
    Operator.HAS_NONE: Text("{word}に「{operand}」を含まない", "{word} has no {operand}"),
    Operator.HAS_ALL: Text("{word}に「{operand}」をすべて含む", "{word} has {operand}"),
    Operator.HAS_EXACTLY: Text("{word}が「{operand}」だけ", "{word} is exactly {operand}"),
    Operator.AT_LEAST: Text("{word}が{operand}以上", "{word} is at least {operand}"),
    Operator.AT_MOST: Text("{word}が{operand}以下", "{word} is at most {operand}"),
    Operator.MORE_THAN: Text("{word}が{operand}より大きい", "{word} is more than {operand}"),
    Operator.LESS_THAN: Text("{word}が{operand}より小さい", "{word} is less than {operand}"),
    Operator.OLDER_THAN: Text("{word}から{operand}", "{word}: more than {operand}"),
    Operator.WITHIN_LAST: Text("{word}が{operand}", "{word}: {operand}"),
    Operator.WITHIN_NEXT: Text("{word}が{operand}", "{word}: {operand}"),
    Operator.BEFORE: Text("{word}が{operand}より前", "{word} is before {operand}"),
    Operator.AFTER: Text("{word}が{operand}より後", "{word} is after {operand}"),
    Operator.UNCHANGED_FOR: Text("{word}の最後の変更から{operand}", "{word}: last changed more than {operand}"),
    Operator.CHANGED_WITHIN: Text("{word}の最後の変更が{operand}", "{word}: last changed {operand}"),
    Operator.WAS_EVER: Text("{word}が一度は「{operand}」だった", "{word} was ever {operand}"),
    Operator.SAME_AS: Text("{word}が「{operand}」と同じ", "{word} is the same as: {operand}"),
    Operator.EARLIER_THAN: Text("{word}が「{operand}」より前", "{word} is before: {operand}"),
    Operator.LATER_THAN: Text("{word}が「{operand}」より後", "{word} is after: {operand}"),
    Operator.AT_OR_AFTER: Text("{word}が「{operand}」以後", "{word} is at or after: {operand}"),
    Operator.HAS_ROLE: Text("{word}の役割が{operand}", "{word} has the role {operand}"),
    Operator.HAS_NOT_ROLE: Text("{word}の役割が{operand}でない", "{word} does not have the role {operand}"),
    Operator.LIVE: Text("{word}が有効", "{word} is active"),
    Operator.NOT_LIVE: Text("{word}が有効でない", "{word} is not active"),
}
# How a span reads: how long, and the moment it comes to now, so that nobody has to count holidays.
_AGO = Text("{count}{unit}を過ぎた（{bound} より前）", "{count} {unit} ago (before {bound})")
_LATELY = Text("過去{count}{unit}以内（{bound} 以後）", "within the last {count} {unit} (since {bound})")
_SOON = Text("今後{count}{unit}以内（{bound} より前）", "within the next {count} {unit} (before {bound})")
_SPANS: Mapping[Operator, Text] = {
    Operator.OLDER_THAN: _AGO,
    Operator.UNCHANGED_FOR: _AGO,
    Operator.WITHIN_LAST: _LATELY,
    Operator.CHANGED_WITHIN: _LATELY,
    Operator.WITHIN_NEXT: _SOON,
}
_NOW = Text("現在（{at}）", "now ({at})")
_UNITS: Mapping[SpanUnit, Text] = {
    SpanUnit.BUSINESS_DAYS: Text("営業日", "business days"),
    SpanUnit.DAYS: Text("日", "days"),
    SpanUnit.HOURS: Text("時間", "hours"),
    SpanUnit.BUSINESS_HOURS: Text("営業時間", "business hours"),
}
_TOGETHER = (Operator.HAS_ALL, Operator.HAS_EXACTLY)
_QUANTIFIERS: Mapping[Quantifier, Text] = {
    Quantifier.ANY: Text("{of}のどれかが「{what}」", "any of the {of}: {what}"),
    Quantifier.NONE: Text("{of}のどれも「{what}」でない", "none of the {of}: {what}"),
    Quantifier.ALL: Text("{of}のすべてが「{what}」", "all of the {of}: {what}"),
}
_CONNECTIVES: Mapping[type, Text] = {
    All: Text("次のすべて", "all of these"),
    AnyOf: Text("次のどれか", "any of these"),
    Not: Text("次に当たらない", "not this"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Wording:
    """What the words need to know: the moment, the calendars, the statuses' names."""

    ground: Ground

    def line(self, condition: Condition) -> Text:
        """The condition for a line of its own; what it is made of stands on further lines."""
        if isinstance(condition, First) or (isinstance(condition, Related) and _of_one(condition)):
            return _which(condition)
        return _CONNECTIVES.get(type(condition)) or self.inline(condition)

    def inline(self, condition: Condition) -> Text:
        """The condition with all that is in it."""
        if isinstance(condition, Comparison):
            return self._comparison(condition)
        if isinstance(condition, Cited):
            return Text(f"「{condition.title.ja}」に当たる", f"“{condition.title.en}” holds")
        if isinstance(condition, Not):
            inner = self.inline(condition.item)
            return Text(f"「{inner.ja}」でない", f"not ({inner.en})")
        if isinstance(condition, All | AnyOf):
            return _joined([self.inline(item) for item in condition.items], every=isinstance(condition, All))
        return self._of_records(condition)

    def _of_records(self, condition: Related | First | Count | Sum | Grouped) -> Text:
        if isinstance(condition, Count):
            return self._count(condition)
        if isinstance(condition, Sum):
            return self._sum(condition)
        if isinstance(condition, Grouped):
            return self._grouped(condition)
        if isinstance(condition, Related) and not _of_one(condition):
            return self._related(condition)
        which, what = _which(condition), self.inline(condition.condition or All(()))
        return Text(f"{which.ja}: {what.ja}", f"{which.en}: {what.en}")

    def _comparison(self, condition: Comparison) -> Text:
        operand, pattern, word = self._operand(condition), _PATTERNS[condition.operator], condition.word.label
        missing = Text("（空でもよい）", " (or missing)") if condition.or_missing else Text("", "")
        return Text(
            pattern.ja.format(word=word.ja, operand=operand.ja) + missing.ja,
            pattern.en.format(word=word.en, operand=operand.en) + missing.en,
        )

    def _operand(self, condition: Comparison) -> Text:
        operand = condition.operand
        if isinstance(operand, Span):
            return self._span(condition.operator, operand)
        if isinstance(operand, Word):
            return operand.label
        if isinstance(operand, tuple):
            shown = [self._item(condition.word, item) for item in operand]
            between = " and " if condition.operator in _TOGETHER else " or "
            return Text("・".join(one.ja for one in shown), between.join(one.en for one in shown))
        return Text("", "") if operand is None else self._item(condition.word, operand)

    def _item(self, word: Word, item: str | float | Moment) -> Text:
        if isinstance(item, str):
            return self._option(word, item)
        if isinstance(item, Moment):
            return self._moment(item)
        return Text(f"{item:g}", f"{item:g}")

    def _moment(self, point: Moment) -> Text:
        calendar, now = self.ground.calendar(point.calendar), self.ground.world.now
        if point.at is not None and not isinstance(point.at, datetime):
            return Text(point.at.isoformat(), point.at.isoformat())
        at = moment(calendar.begins(now, point), self.ground.world)
        return Text(at, at) if point.at is not None else Text(_NOW.ja.format(at=at), _NOW.en.format(at=at))

    def _option(self, word: Word, item: str) -> Text:
        vocabulary = self.ground.rule_set.vocabulary
        status = vocabulary.status(item) if word.property == vocabulary.property else None
        label = word.option_label(item)
        return status.label if status else Text(label, label if word.property else item)

    def _span(self, operator: Operator, span: Span) -> Text:
        calendar, now, pattern = self.ground.calendar(span.calendar), self.ground.world.now, _SPANS[operator]
        at = calendar.span_end(now, span) if pattern is _SOON else calendar.span_cutoff(now, span)
        exact = span.unit in (SpanUnit.HOURS, SpanUnit.BUSINESS_HOURS)
        bound = moment(at, self.ground.world) if exact else calendar.local_date(at).isoformat()
        unit, count = _UNITS[span.unit], span.count
        english = unit.en.removesuffix("s") if count == 1 else unit.en
        return Text(
            pattern.ja.format(count=count, unit=unit.ja, bound=bound),
            pattern.en.format(count=count, unit=english, bound=bound),
        )

    def _related(self, condition: Related) -> Text:
        of = condition.relation.label
        if condition.condition is None:
            if condition.quantifier is Quantifier.NONE:
                return Text(f"{of.ja}がない", f"there is none of: {of.en}")
            return Text(f"{of.ja}がある", f"there is: {of.en}")
        pattern, what = _QUANTIFIERS[condition.quantifier], self.inline(condition.condition)
        return Text(pattern.ja.format(of=of.ja, what=what.ja), pattern.en.format(of=of.en, what=what.en))

    def _count(self, condition: Count) -> Text:
        of, what = condition.relation.label, condition.condition and self.inline(condition.condition)
        ja = [
            f"{n}件{word}" for n, word in ((condition.at_least, "以上"), (condition.at_most, "以下")) if n is not None
        ]
        en = [
            f"{w} {n}" for n, w in ((condition.at_least, "at least"), (condition.at_most, "at most")) if n is not None
        ]
        where = Text(f"「{what.ja}」の", f" where {what.en}") if what else Text("", "")
        return Text(f"{where.ja}{of.ja}が{'、'.join(ja)}", f"{' and '.join(en)} of the {of.en}{where.en}")

    def _sum(self, condition: Sum) -> Text:
        of, number, what = condition.relation.label, condition.of.label, condition.condition
        bounds = ((condition.at_least, "以上", "at least"), (condition.at_most, "以下", "at most"))
        ja = "、".join(f"{bound:g}{word}" for bound, word, _ in bounds if bound is not None)
        en = " and ".join(f"{word} {bound:g}" for bound, _, word in bounds if bound is not None)
        said = self.inline(what) if what else None
        where = Text(f"「{said.ja}」の", f" where {said.en}") if said else Text("", "")
        return Text(
            f"{where.ja}{of.ja}の{number.ja}の合計が{ja}", f"the sum of {number.en} of the {of.en}{where.en} is {en}"
        )

    def _grouped(self, condition: Grouped) -> Text:
        of, per = condition.relation.label, condition.per.label
        parts = _joined([self.inline(part) for part in condition.parts], every=True)
        return Text(f"{per.ja}ごとの{of.ja}で: {parts.ja}", f"of the {of.en} by {per.en}: {parts.en}")


def _joined(parts: list[Text], *, every: bool) -> Text:
    ja, en = ("、かつ ", " and ") if every else ("、または ", " or ")
    return Text(ja.join(part.ja for part in parts), en.join(part.en for part in parts))


def _of_one(condition: Related) -> bool:
    """Whether it asks something of the one record that the relation is."""
    return condition.relation.is_one and condition.condition is not None


def _which(condition: Related | First) -> Text:
    of = condition.relation.label
    if isinstance(condition, Related):
        return Text(f"{of.ja}について", f"of the {of.en}")
    by = condition.pick.by.label
    which = Text("最後", "latest") if condition.pick.latest else Text("最初", "earliest")
    return Text(f"{of.ja}のうち{by.ja}が{which.ja}のもの", f"the {which.en} of the {of.en} by {by.en}")


def moment(instant: datetime, world: World) -> str:
    """To the minute, in the firm's time zone."""
    return instant.astimezone(world.calendar.zone).strftime("%Y-%m-%d %H:%M")
