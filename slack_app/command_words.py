"""What people type after `/lead`, in whatever width, script or quotes, as a command with its words."""

from __future__ import annotations

import dataclasses
import html
import re
import unicodedata
from collections.abc import Callable, Mapping

from rapidfuzz import fuzz, process

# Every way to say a command; the first is what help and suggestions show.
VERBS: Mapping[str, tuple[str, ...]] = {
    "status": ("status", "ステータス", "状態"),
    "list": ("list", "一覧", "リスト"),
    "find": ("find", "search", "検索", "探す", "さがす"),
    "ack": ("ack", "acknowledge", "確認", "確認しました"),
    "snooze": ("snooze", "スヌーズ", "後で", "あとで"),
    "why": ("why", "なぜ", "理由", "どうして"),
    "proposals": ("proposals", "proposal", "提案"),
    "plan": ("plan", "変更案", "プラン"),
    "undo": ("undo", "取り消し", "取消", "取り消す", "元に戻す"),
    "doctor": ("doctor", "診断", "設定確認"),
    "help": ("help", "ヘルプ", "使い方", "?"),
}
SCOPES: Mapping[str, tuple[str, ...]] = {
    "mine": ("mine", "me", "my", "自分", "自分の"),
    "team": ("team", "all", "everybody", "チーム", "全員"),
}

# Below this likeness (of 100) a suggestion would puzzle more than it helps.
_NEAR_ENOUGH = 60

_REFERENCE = re.compile(r"<(?P<target>[^<>|]*)(?:\|(?P<label>[^<>]*))?>")
_WORD = re.compile(r'"([^"]*)"|“([^”]*)”|「([^」]*)」|『([^』]*)』|([^\s"“「『]+)')


@dataclasses.dataclass(frozen=True, slots=True)
class Command:
    """`verb` is one of VERBS. `quoted` says whether the first word stood in quotes and is thus complete."""

    verb: str
    words: tuple[str, ...] = ()
    quoted: bool = False

    @property
    def text(self) -> str:
        return " ".join(self.words)


@dataclasses.dataclass(frozen=True, slots=True)
class UnknownCommand:
    word: str
    nearest: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Split:
    """The words of `/lead status`: which contact, and the status if the last words were one."""

    contact: str
    status: str | None = None


def read_command(text: str) -> Command | UnknownCommand:
    words = _words(_readable(text))
    if not words:
        return Command("help")
    first, rest = words[0], words[1:]
    verb = _meaning(first[0], VERBS)
    if verb is None:
        return UnknownCommand(first[0], _nearest(first[0]))
    return Command(verb, tuple(word for word, _ in rest), quoted=bool(rest) and rest[0][1])


def read_scope(command: Command) -> str:
    """Whose findings `/lead list` means; the person's own unless told otherwise."""
    return (_meaning(command.words[0], SCOPES) if command.words else None) or "mine"


def split_status(command: Command, read_status: Callable[[str], str | None]) -> Split:
    """Names and statuses may both have spaces: the longest ending that is a status is taken for it."""
    words = command.words
    if command.quoted:
        return Split(words[0], " ".join(words[1:]) or None)
    for start in range(1, len(words)):
        ending = " ".join(words[start:])
        if read_status(ending) is not None:
            return Split(" ".join(words[:start]), ending)
    return Split(command.text)


def _readable(text: str) -> str:
    """Full-width signs narrow, half-width kana wide, mentions and links as their labels."""
    unreferenced = _REFERENCE.sub(_label, text)
    return unicodedata.normalize("NFKC", html.unescape(unreferenced)).strip()


def _label(reference: re.Match[str]) -> str:
    return reference["label"] or reference["target"].lstrip("@#!").removeprefix("mailto:")


def _words(text: str) -> list[tuple[str, bool]]:
    """Each word, and whether it stood in quotes."""
    found: list[tuple[str, bool]] = []
    for match in _WORD.finditer(text):
        quoted = match.lastindex != _WORD.groups
        word = (match[match.lastindex or 0] or "").strip()
        if word:
            found.append((word, quoted))
    return found


def _meaning(word: str, vocabulary: Mapping[str, tuple[str, ...]]) -> str | None:
    folded = word.casefold()
    return next((meaning for meaning, spoken in vocabulary.items() if folded in spoken), None)


def _nearest(word: str) -> str | None:
    spoken = {each: verb for verb, forms in VERBS.items() for each in forms}
    best = process.extractOne(word.casefold(), list(spoken), scorer=fuzz.ratio, score_cutoff=_NEAR_ENOUGH)
    return spoken[best[0]] if best else None
