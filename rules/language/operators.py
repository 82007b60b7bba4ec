"""The words that compare a value: what each says of a value that is there, and of one that is missing."""

from __future__ import annotations

from rules.language.word import Documented
from rules.text import Text

NOW = "2026-11-20 09:30"

EQUALITY = (
    Documented(
        "is",
        Text(
            "この値である。一覧を書くと、そのどれか。演算子を書かずに値だけ書いても同じです。",
            "The value is this; of a list, any of these. A value without an operator means the same.",
        ),
        "inquiry_source: {is: [web_form, seminar]}",
        (("inquiry_source: web_form", True), ("inquiry_source: phone", False), ("inquiry_source: ~", False)),
    ),
    Documented(
        "is_not",
        Text(
            "この値ではない。空でも成り立ちます。`or_missing` か `known` で、空をどう扱うかを書いてください。",
            "The value is not this. Holds for a missing value, too: say with `or_missing` or `known` whether you mean that.",
        ),
        "inquiry_source: {is_not: phone, or_missing: true}",
        (("inquiry_source: web_form", True), ("inquiry_source: phone", False), ("inquiry_source: ~", True)),
    ),
    Documented(
        "none_of",
        Text("このどれでもない。空でも成り立ちます。", "The value is none of these. Holds for a missing value, too."),
        "inquiry_source: {none_of: [phone, import], known: true}",
        (("inquiry_source: web_form", True), ("inquiry_source: import", False), ("inquiry_source: ~", False)),
    ),
    Documented(
        "known",
        Text("`true` は値がある、`false` は空。", "`true`: there is a value; `false`: it is missing or empty."),
        "inquiry_source: {known: false}",
        (("inquiry_source: ~", True), ("inquiry_source: phone", False)),
    ),
    Documented(
        "same_as",
        Text(
            "別の項目と同じ値。どちらかが空なら成り立ちません。",
            "The same value as another word; false if either is missing.",
        ),
        "inquiry_date: {same_as: created_at}",
        (
            ("inquiry_date: 2026-11-02 10:00, created_at: 2026-11-02 10:00", True),
            ("inquiry_date: 2026-11-03 10:00, created_at: 2026-11-02 10:00", False),
            ("created_at: 2026-11-02 10:00", False),
        ),
    ),
    Documented(
        "or_missing",
        Text(
            "ほかの演算子と並べて書くと、空のときにも成り立ちます。",
            "Beside any other operator: holds for a missing value as well.",
        ),
        "last_activity_at: {older_than: 5 business days, or_missing: true}",
        (
            ("last_activity_at: 2026-11-11 18:00", True),
            ("last_activity_at: 2026-11-19 18:00", False),
            ("last_activity_at: ~", True),
        ),
    ),
)

TEXTS = (
    Documented(
        "contains",
        Text(
            "この文字を含む。一覧ならどれか。全角・半角と大文字・小文字は区別しません。選択肢では、ラベルに含む選択肢を指します。複数選択では、そのどれかを選んでいれば成り立ちます。",
            "The text contains this; of a list, any of these. Width and case make no difference. Of a choice: any option "
            "whose label contains it; of several choices, at least one such option.",
        ),
        "inquiry_text: {contains: [サービス, api]}",
        (("inquiry_text: ＡＰＩについて", True), ("inquiry_text: お見積もり", False), ("inquiry_text: ~", False)),
    ),
    Documented(
        "contains_none",
        Text(
            "このどれも含まない。空でも成り立ちます。",
            "The text contains none of these. Holds for a missing value, too.",
        ),
        "inquiry_text: {contains_none: [営業, ご提案], or_missing: true}",
        (("inquiry_text: 費用を知りたい", True), ("inquiry_text: ご提案があります", False), ("inquiry_text: ~", True)),
    ),
    Documented(
        "starts_with",
        Text("この文字で始まる。", "The text begins with this."),
        "inquiry_text: {starts_with: お世話}",
        (
            ("inquiry_text: お世話になります", True),
            ("inquiry_text: いつもお世話様です", False),
            ("inquiry_text: ~", False),
        ),
    ),
    Documented(
        "ends_with",
        Text("この文字で終わる。", "The text ends with this."),
        "inquiry_text: {ends_with: お願いします}",
        (
            ("inquiry_text: ご返信をお願いします", True),
            ("inquiry_text: お願いします。", False),
            ("inquiry_text: ~", False),
        ),
    ),
)

SEVERAL = (
    Documented(
        "has_any",
        Text(
            "複数選択のうち、このどれかを含む。演算子を書かずに値だけ書いても同じです。",
            "Of several choices, at least one of these. A value without an operator means the same.",
        ),
        "services: {has_any: [factory_navi, recruit_site]}",
        (("services: [factory_navi]", True), ("services: [crm_setup]", False), ("services: ~", False)),
    ),
    Documented(
        "has_all",
        Text("このすべてを含む。ほかの値があってもかまいません。", "All of these, and perhaps more."),
        "services: {has_all: [factory_navi, crm_setup]}",
        (
            ("services: [recruit_site, crm_setup, factory_navi]", True),
            ("services: [factory_navi]", False),
            ("services: ~", False),
        ),
    ),
    Documented(
        "has_exactly",
        Text("ちょうどこれだけ。順序は問いません。", "Exactly these, in whatever order."),
        "services: {has_exactly: [factory_navi, crm_setup]}",
        (
            ("services: [crm_setup, factory_navi]", True),
            ("services: [crm_setup, factory_navi, recruit_site]", False),
            ("services: ~", False),
        ),
    ),
    Documented(
        "has_none",
        Text("このどれも含まない。空でも成り立ちます。", "None of these. Holds for a missing value, too."),
        "services: {has_none: [factory_navi], or_missing: true}",
        (("services: [crm_setup]", True), ("services: [factory_navi, crm_setup]", False), ("services: ~", True)),
    ),
)

NUMBERS = (
    Documented("at_least", Text("この数以上。", "This number or more."), "lead_score: {at_least: 70}",
               (("lead_score: 70", True), ("lead_score: 69.9", False), ("lead_score: ~", False))),
    Documented("at_most", Text("この数以下。", "This number or less."), "lead_score: {at_most: 40}",
               (("lead_score: 40", True), ("lead_score: 41", False), ("lead_score: ~", False))),
    Documented("more_than", Text("この数より大きい。", "More than this number."), "lead_score: {more_than: 70}",
               (("lead_score: 71", True), ("lead_score: 70", False), ("lead_score: ~", False))),
    Documented("less_than", Text("この数より小さい。", "Less than this number."), "lead_score: {less_than: 40}",
               (("lead_score: 39", True), ("lead_score: 40", False), ("lead_score: ~", False))),
    Documented("between", Text("この範囲。両端を含みます。", "From the first to the second number, both included."),
               "lead_score: {between: [40, 69]}",
               (("lead_score: 40", True), ("lead_score: 69", True), ("lead_score: 70", False), ("lead_score: ~", False))),
)  # fmt: skip

TIMES = (
    Documented(
        "older_than",
        Text(
            "この期間を過ぎた。「N営業日」「N日」は日付で数え、N日を過ぎた翌日の0:00から成り立ちます。「N時間」は正確に、「N営業時間」は営業している時間だけを数えます。"
            "空と未来の日時では成り立ちません。",
            "Longer ago than this. `N business days` and `N days` go by dates: true from 00:00 of the day after the N-th. "
            "`N hours` is exact, `N business hours` counts only open hours. False for a missing value and for one that lies ahead.",
        ),
        "last_activity_at: {older_than: 3 business days}",
        (
            ("last_activity_at: 2026-11-16 23:59", True),
            ("last_activity_at: 2026-11-17 00:00", False),
            ("last_activity_at: ~", False),
        ),
    ),
    Documented(
        "within_last",
        Text(
            "この期間のうち。空と未来の日時では成り立ちません。",
            "Not longer ago than this. False for a missing value and for one that lies ahead.",
        ),
        "last_activity_at: {within_last: 3 business days}",
        (
            ("last_activity_at: 2026-11-17 00:00", True),
            ("last_activity_at: 2026-11-16 23:59", False),
            ("last_activity_at: ~", False),
        ),
    ),
    Documented(
        "within_next",
        Text("今からこの期間のうち。", "From now on, within this length of time."),
        "meetings: {any: {starts_at: {within_next: 2 days}}}",
        (
            ("meetings: [{starts_at: 2026-11-21 10:00}]", True),
            ("meetings: [{starts_at: 2026-11-20 09:00}]", False),
            ("meetings: []", False),
        ),
    ),
    Documented(
        "before",
        Text(
            "この日（日時）より前。`now` は判定の時点です。",
            "Before this day or moment; `now` is the moment of looking.",
        ),
        "created_at: {before: 2026-04-01}",
        (("created_at: 2026-03-31 23:59", True), ("created_at: 2026-04-01 00:00", False)),
    ),
    Documented(
        "after",
        Text(
            "この日（日時）より後。日だけを書くと、その日が終わってから。",
            "After this day or moment; a day alone means after it has ended.",
        ),
        "created_at: {after: 2026-03-31}",
        (("created_at: 2026-04-01 00:00", True), ("created_at: 2026-03-31 23:59", False)),
    ),
    Documented(
        "earlier_than",
        Text(
            "別の日時の項目より前。どちらかが空なら成り立ちません。",
            "Before another word's time; false if either is missing.",
        ),
        "last_activity_at: {earlier_than: status_since}",
        (
            ("lead_status: NEW, status_since: 2026-11-10, last_activity_at: 2026-11-09", True),
            ("lead_status: NEW, status_since: 2026-11-10, last_activity_at: 2026-11-11", False),
            ("lead_status: NEW, status_since: 2026-11-10", False),
        ),
    ),
    Documented(
        "later_than",
        Text("別の日時の項目より後。", "After another word's time."),
        "inquiry_date: {later_than: status_since}",
        (
            ("lead_status: BAD_TIMING, status_since: 2026-11-10, inquiry_date: 2026-11-12", True),
            ("lead_status: BAD_TIMING, status_since: 2026-11-10, inquiry_date: 2026-11-09", False),
        ),
    ),
    Documented(
        "at_or_after",
        Text("別の日時の項目と同じか、それより後。", "At another word's time or after it."),
        "deals: {any: {closed_at: {at_or_after: round_start}, state: lost}}",
        (
            ("lead_status: OPEN_DEAL, created_at: 2026-11-01, deals: [{state: lost, closed_at: 2026-11-10}]", True),
            ("lead_status: OPEN_DEAL, created_at: 2026-11-12, deals: [{state: lost, closed_at: 2026-11-10}]", False),
        ),
    ),
)

HISTORIES = (
    Documented(
        "unchanged_for",
        Text(
            "この期間より長く変わっていない。履歴のある項目（リードステータス、担当者など）で使えます。",
            "Has not changed for longer than this; of what has a history, such as the lead status and the owner.",
        ),
        "lead_status: {unchanged_for: 2 business days}",
        (
            ("lead_status: NEW, status_since: 2026-11-17 23:59", True),
            ("lead_status: NEW, status_since: 2026-11-18 00:00", False),
        ),
    ),
    Documented(
        "changed_within",
        Text("この期間のうちに変わった。", "Has changed within this length of time."),
        "lead_status: {changed_within: 2 business days}",
        (
            ("lead_status: NEW, status_since: 2026-11-18 00:00", True),
            ("lead_status: NEW, status_since: 2026-11-17 23:59", False),
        ),
    ),
    Documented(
        "was_ever",
        Text("今または過去に、この値だったことがある。", "Is this value, or was at any time before."),
        "lead_status: {was_ever: CONNECTED}",
        (
            ("history: [{at: 2026-11-01, status: CONNECTED}, {at: 2026-11-03, status: BAD_TIMING}]", True),
            ("history: [{at: 2026-11-01, status: NEW}, {at: 2026-11-03, status: BAD_TIMING}]", False),
        ),
    ),
    Documented(
        "in_vocabulary",
        Text(
            "リードステータスが定義のある値（`true`）、またはない値（`false`）。",
            "The lead status is one of the vocabulary, or is not.",
        ),
        "lead_status: {known: true, in_vocabulary: false}",
        (("lead_status: {raw: something_old}", True), ("lead_status: NEW", False), ("lead_status: ~", False)),
    ),
)

OWNERS = (
    Documented(
        "role",
        Text(
            "担当者の役割。`{is_not: …}` は、担当者がいないときにも成り立ちます。",
            "The owner's role; with `{is_not: …}` it also holds for nobody.",
        ),
        "owner: {role: [FS, Manager]}",
        (("owner: FS", True), ("owner: IS", False), ("owner: ~", False)),
    ),
    Documented(
        "live",
        Text(
            "担当者が有効（`true`）、または無効か未設定（`false`）。",
            "The owner is an active CRM user, or is not (also where there is none).",
        ),
        "owner: {known: true, live: false}",
        (("owner: {role: FS, live: false}", True), ("owner: FS", False), ("owner: ~", False)),
    ),
)

OPERATORS = (*EQUALITY, *TEXTS, *SEVERAL, *NUMBERS, *TIMES, *HISTORIES, *OWNERS)
