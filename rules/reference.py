"""The reference of the rule language as a page, in either language, made from what the language says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from connector.records import Kind
from rules.fields import FieldMap
from rules.language.conditions import CONNECTIVES, RELATED
from rules.language.operators import EQUALITY, HISTORIES, NOW, NUMBERS, OWNERS, SEVERAL, TEXTS, TIMES
from rules.language.rule_keys import ACTIONS, RULE_KEYS
from rules.language.sections import SECTIONS
from rules.language.word import Documented
from rules.text import Text
from rules.words import MEANINGS

_TITLE = Text("ルールの書き方: リファレンス", "The rule language: reference")
_INTRO = Text(
    f"`mimawari rules reference` で作られたページです。どの例も、テストで確かめています。判定の時点はいつも {NOW}（金）です。",
    f"Made by `mimawari rules reference`. Every example is run by a test; the moment of looking is always Friday, {NOW}.",
)
_CHAPTERS: Sequence[tuple[Text, Text, Sequence[Documented]]] = (
    (
        Text("ファイル", "Files"),
        Text(
            "ファイルの最初に書ける項目です。いくつのファイルに分けてもかまいません。",
            "What a file may hold at the top, in as many files as you like.",
        ),
        SECTIONS,
    ),
    (Text("ルール", "Rules"), Text("ルール一つに書ける項目です。", "What a rule may say."), RULE_KEYS),
    (Text("結果", "Actions"), Text("`then` に書きます。", "What stands under `then`."), ACTIONS),
    (
        Text("条件の組み合わせ", "Conditions together"),
        Text("条件はいくらでも入れ子にできます。", "Conditions nest as deep as you like."),
        CONNECTIVES,
    ),
    (
        Text("関連するレコード", "Related records"),
        Text(
            "`deals` や `meetings`、`relations` で付けた呼び名の下に書きます。",
            "Stands under `deals`, `meetings` and the names of `relations`.",
        ),
        RELATED,
    ),
    (Text("値を比べる: すべての項目", "Comparing: every word"), Text("", ""), EQUALITY),
    (Text("値を比べる: 文字", "Comparing: texts"), Text("", ""), TEXTS),
    (Text("値を比べる: 複数選択", "Comparing: several choices"), Text("", ""), SEVERAL),
    (Text("値を比べる: 数", "Comparing: numbers"), Text("", ""), NUMBERS),
    (Text("値を比べる: 日時", "Comparing: times"), Text("", ""), TIMES),
    (Text("値を比べる: 履歴", "Comparing: histories"), Text("", ""), HISTORIES),
    (Text("値を比べる: 担当者", "Comparing: owners"), Text("", ""), OWNERS),
)
_GIVEN, _HOLDS = Text("コンタクト", "Contact"), Text("成り立つ", "Holds")
_WORDS = Text("項目", "Words")
_WORDS_INTRO = Text(
    "条件で使える項目です。ポータルのほかの項目も、CRM での内部名で使えます。どの項目を読むかは settings.toml の [fields] で変えられます。",
    "What conditions can ask about. Any other property of the portal can be named as the CRM does. Which property stands "
    "behind a word is said in settings.toml under [fields].",
)
_WORD, _MEANS, _KIND, _PROPERTY = (
    Text("項目", "Word"),
    Text("意味", "Means"),
    Text("種類", "Kind"),
    Text("CRM の項目", "Property in the CRM"),
)
_COMPUTED = Text("（計算）", "(computed)")
KINDS = {
    Kind.TEXT: Text("文字", "text"),
    Kind.CHOICE: Text("選択", "choice"),
    Kind.MULTI: Text("複数選択", "several choices"),
    Kind.NUMBER: Text("数", "number"),
    Kind.INSTANT: Text("日時", "time"),
    Kind.DATE: Text("日", "date"),
    Kind.OWNER: Text("担当者", "owner"),
}


def reference(language: str, fields: FieldMap) -> str:
    """Markdown."""
    parts = [f"# {_TITLE.in_language(language)}", _INTRO.in_language(language)]
    for title, intro, words in _CHAPTERS:
        parts += [f"## {title.in_language(language)}", intro.in_language(language)]
        parts += [part for word in words for part in _entry(word, language)]
    parts += [f"## {_WORDS.in_language(language)}", _WORDS_INTRO.in_language(language)]
    for object_type in MEANINGS:
        parts += [f"### `{object_type}`", _words(object_type, fields, language)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _entry(word: Documented, language: str) -> list[str]:
    parts = [f"### `{word.key.strip()}`", word.text.in_language(language), f"```yaml\n{word.example}\n```"]
    if word.cases:
        rows = [(f"`{given}`", "○" if held else "–") for given, held in word.cases]
        parts.append(_table((_GIVEN.in_language(language), _HOLDS.in_language(language)), rows))
    return parts


def _words(object_type: str, fields: FieldMap, language: str) -> str:
    columns = [text.in_language(language) for text in (_WORD, _MEANS, _KIND, _PROPERTY)]
    rows: list[Sequence[str]] = []
    for name, meaning in MEANINGS[object_type].items():
        mapped = fields.property(object_type, name) if meaning.mapped else None
        shown = f"`{mapped}`" if mapped else _COMPUTED.in_language(language)
        rows.append(
            (f"`{name}`", meaning.label.in_language(language), KINDS[meaning.kind].in_language(language), shown)
        )
    return _table(columns, rows)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
