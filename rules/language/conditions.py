"""The words that put conditions together and ask about related records."""

from __future__ import annotations

from rules.language.word import Documented
from rules.text import Text

CONNECTIVES = (
    Documented(
        "all",
        Text(
            "すべて成り立つ。一覧で並べて書いたものも同じです。",
            "All of these hold. A list without a word means the same.",
        ),
        "all: [{lead_status: NEW}, {owner: {known: false}}]",
        (("lead_status: NEW", True), ("lead_status: NEW, owner: IS", False)),
    ),
    Documented(
        "any",
        Text("どれかが成り立つ。", "At least one of these holds."),
        "any: [{lead_status: NEW}, {lead_status: IN_PROGRESS}]",
        (("lead_status: IN_PROGRESS", True), ("lead_status: CONNECTED", False)),
    ),
    Documented(
        "not",
        Text(
            "成り立たない。中の条件が空の値で成り立たないときは、成り立ちます。",
            "This does not hold; so it holds where a value is missing and the condition needs one.",
        ),
        "not: {inquiry_source: phone}",
        (("inquiry_source: web_form", True), ("inquiry_source: phone", False), ("inquiry_source: ~", True)),
    ),
)

RELATED = (
    Documented(
        "exists",
        Text("関連するレコードがある（`true`）、ない（`false`）。", "There is a related record, or there is none."),
        "deals: {exists: false}",
        (("deals: []", True), ("deals: [{state: won}]", False)),
    ),
    Documented(
        "any ",
        Text(
            "関連するレコードのどれかが、条件に当たる。", "At least one of the related records fulfils the condition."
        ),
        "deals: {any: {state: open}}",
        (("deals: [{state: lost}, {state: open}]", True), ("deals: [{state: lost}]", False), ("deals: []", False)),
    ),
    Documented(
        "none",
        Text(
            "関連するレコードのどれも、条件に当たらない。一つもないときにも成り立ちます。",
            "None of the related records fulfils it; true as well where there are none.",
        ),
        "deals: {none: {state: open}}",
        (("deals: []", True), ("deals: [{state: lost}]", True), ("deals: [{state: open}]", False)),
    ),
    Documented(
        "all ",
        Text("関連するレコードがあり、すべてが条件に当たる。", "There are related records, and all of them fulfil it."),
        "deals: {all: {state: lost}}",
        (("deals: [{state: lost}]", True), ("deals: [{state: lost}, {state: won}]", False), ("deals: []", False)),
    ),
    Documented(
        "count",
        Text(
            "関連するレコードの数。`where` で数えるものを絞れます。",
            "How many related records there are; `where` says which of them count.",
        ),
        "meetings: {count: {where: {outcome: NO_SHOW}, at_least: 2}}",
        (
            ("meetings: [{outcome: NO_SHOW, ends_at: 2026-11-02}, {outcome: NO_SHOW, ends_at: 2026-11-03}]", True),
            ("meetings: [{outcome: NO_SHOW, ends_at: 2026-11-02}]", False),
        ),
    ),
    Documented(
        "sum",
        Text(
            "関連するレコードの数値の項目（`of`）の合計。`where` で足すものを絞れます。空の値は足さず、レコードがなければ 0 です。"
            "通貨は換算しないので、いくつかの通貨を使うときは `where` で一つに絞ってください。",
            "What a number (`of`) of the related records comes to; `where` says which of them count. A missing number adds "
            "nothing, and without any record the sum is 0. Currencies are not converted: where there are several, let `where` "
            "name one.",
        ),
        "deals: {sum: {of: amount, where: {state: open}, at_least: 25000}}",
        (
            ("deals: [{amount: 15000}, {amount: 10000}]", True),
            ("deals: [{amount: 15000}, {amount: 10000, state: won}]", False),
            ("deals: []", False),
        ),
    ),
    Documented(
        "latest",
        Text(
            "`by` の順でいちばん後のレコードが、残りの条件に当たる。",
            "The record that comes last by `by` fulfils the rest; false where there is none.",
        ),
        "deals: {latest: {by: closed_at, state: lost}}",
        (
            ("deals: [{state: won, closed_at: 2026-11-01}, {state: lost, closed_at: 2026-11-09}]", True),
            ("deals: [{state: lost, closed_at: 2026-11-01}, {state: won, closed_at: 2026-11-09}]", False),
        ),
    ),
    Documented(
        "earliest",
        Text("`by` の順でいちばん前のレコードが、残りの条件に当たる。", "The same of the record that comes first."),
        "meetings: {earliest: {by: starts_at, host: {role: FS}}}",
        (
            ("meetings: [{host: FS, starts_at: 2026-11-02}, {host: IS, starts_at: 2026-11-09}]", True),
            ("meetings: [{host: IS, starts_at: 2026-11-02}, {host: FS, starts_at: 2026-11-09}]", False),
        ),
    ),
)
