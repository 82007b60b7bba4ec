"""Collecting the mistakes of all rule files, each with its place, a sentence in two languages and a guess at what was meant."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from rapidfuzz import fuzz, process, utils

from rules.model import RuleError
from rules.sentences import HINTS, SENTENCES
from rules.text import Text

_NEAR_ENOUGH = 70


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Place:
    """`line` and `column` count from 1."""

    file: str
    line: int
    column: int


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant; None where none is near."""
    found = process.extractOne(
        word, list(candidates), scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=_NEAR_ENOUGH
    )
    return found[0] if found else None


class Mistakes:
    """What `add` and `warn` are given is kept until all files are read; nothing stops at the first mistake."""

    def __init__(self) -> None:
        self._errors: list[RuleError] = []
        self._warnings: list[RuleError] = []

    def add(self, place: Place, sentence: str, near: Iterable[str] = (), **values: object) -> None:
        """`near` are the words that would be right; the one most like `word` becomes the hint."""
        self._errors.append(_mistake(place, sentence, list(near), values))

    def add_about(self, place: Place, sentence: str, of: Text, near: Iterable[str] = (), **values: object) -> None:
        """The same with a thing that has a name in each language, as `{of}` in the sentence."""
        self._errors.append(_mistake(place, sentence, list(near), values, of))

    def warn_about(self, place: Place, sentence: str, of: Text, **values: object) -> None:
        self._warnings.append(_mistake(place, sentence, [], values, of))

    def warn(self, place: Place, sentence: str, near: Iterable[str] = (), **values: object) -> None:
        self._warnings.append(_mistake(place, sentence, list(near), values))

    @property
    def errors(self) -> tuple[RuleError, ...]:
        return _in_order(self._errors)

    @property
    def warnings(self) -> tuple[RuleError, ...]:
        return _in_order(self._warnings)


def _in_order(mistakes: Iterable[RuleError]) -> tuple[RuleError, ...]:
    """Each once: what several tests share, or the rows of a table, is read for every one of them."""
    return tuple(sorted(dict.fromkeys(mistakes), key=lambda one: (one.file, one.line, one.column)))


def _mistake(
    place: Place, sentence: str, near: list[str], values: dict[str, object], of: Text | None = None
) -> RuleError:
    sentences = SENTENCES[sentence]
    ja, en = (values, values) if of is None else ({**values, "of": of.ja}, {**values, "of": of.en})
    message = Text(sentences.ja.format(**ja), sentences.en.format(**en))
    return RuleError(place.file, place.line, place.column, message, _hint(sentence, near, values))


def _hint(sentence: str, near: list[str], values: dict[str, object]) -> Text | None:
    guess = nearest(str(values.get("word", "")), near)
    if guess is not None:
        return Text(f"もしかして「{guess}」?", f"Did you mean '{guess}'?")
    if sentence in HINTS:
        return _filled(HINTS[sentence], values)
    if near:
        listed = ", ".join(near[:12]) + (" …" if len(near) > 12 else "")
        return Text(f"使えるもの: {listed}", f"Possible here: {listed}")
    return None


def _filled(text: Text, values: dict[str, object]) -> Text:
    return Text(text.ja.format(**values), text.en.format(**values))
