"""Every sentence we say to people: found by key, with its gaps filled, in the reader's language."""

from __future__ import annotations

import dataclasses
import functools
import string
from collections.abc import Mapping
from importlib import resources

import yaml

from slack_app.mrkdwn import Mrkdwn, literal

LANGUAGES = ("ja", "en")

_MISSING_VALUE = "–"
# As harmless, and eight times as fast where PyYAML came with its C part.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclasses.dataclass(frozen=True, slots=True)
class Catalogue:
    """One language. A sentence that counts has the forms `one` and `other`, chosen by the value of `count`."""

    language: str
    sentences: Mapping[str, str | Mapping[str, str]]

    def has(self, key: str) -> bool:
        return key in self.sentences

    def plain(self, key: str, **values: str | int) -> str:
        """For places without markup: headers, buttons, labels."""
        return self._filled(key, {name: str(value) for name, value in values.items()})

    def mrkdwn(self, key: str, **values: str | int) -> Mrkdwn:
        """For places with markup: every value is escaped unless it is `Mrkdwn` already."""
        filled = {name: value if isinstance(value, Mrkdwn) else literal(str(value)) for name, value in values.items()}
        return Mrkdwn(self._filled(key, filled))

    def answer(self, key: str, values: Mapping[str, str]) -> Mrkdwn:
        """As `mrkdwn`, for keys and values from the service: an unknown key or a missing value still makes a sentence."""
        known = key if self.has(key) else "answer.done_without_words"
        gaps = dict.fromkeys(placeholders(self._pattern(known, values)), _MISSING_VALUE)
        return self.mrkdwn(known, **{**gaps, **values})

    def _filled(self, key: str, values: Mapping[str, str]) -> str:
        return self._pattern(key, values).format_map(values)

    def _pattern(self, key: str, values: Mapping[str, str]) -> str:
        sentence = self.sentences[key]
        if isinstance(sentence, str):
            return sentence
        return sentence["one" if values.get("count") == "1" else "other"]


@functools.cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language; English for one that we do not speak."""
    spoken = language if language in LANGUAGES else "en"
    text = resources.files("slack_app.texts").joinpath(f"{spoken}.yaml").read_text(encoding="utf-8")
    return Catalogue(spoken, _Loader(text).get_single_data())


def placeholders(pattern: str) -> frozenset[str]:
    """The names of a sentence's gaps."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(pattern) if name)
