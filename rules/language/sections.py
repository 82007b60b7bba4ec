"""What a rule file may hold at the top."""

from __future__ import annotations

from rules.language.word import Documented
from rules.text import Text

SECTIONS = (
    Documented("format", Text("いつも最初に `format: 1`。", "Always first: `format: 1`."), "format: 1"),
    Documented(
        "rules",
        Text("ルール。名前には a-z、0-9、- を使います。", "The rules by id (a-z, 0-9, -)."),
        "format: 1\nrules:\n  no-owner:\n    title: {ja: 担当者なし, en: No owner}\n    for_each: contact\n"
        "    when: {owner: {known: false}}\n    then: [{finding: {severity: info}}]",
    ),
    Documented(
        "relations",
        Text("関連するレコードの呼び名。`from` から `where` で絞り、`pick` で一つに決めます。", "Names for related records: some of `from`, by `where`; `pick` makes it one record."),
        "format: 1\nrelations:\n  open_deals:\n    label: {ja: 進行中の取引, en: open deals}\n    from: deals\n    where: {state: open}",
    ),
    Documented(
        "scores",
        Text("点数の呼び名。条件の中で数として使えます。", "Names for numbers made of points; usable in any condition."),
        "format: 1\nscores:\n  interest:\n    label: {ja: 関心, en: interest}\n    points:\n"
        "      - {add: 20, name: {ja: 資料請求, en: material request}, when: {inquiry_source: material_request}}",
    ),
    Documented(
        "queues",
        Text("キュー。目標 0 件の一覧で、件数の履歴が残ります。", "Queues: filters that should be empty; their counts are kept."),
        "format: 1\nqueues:\n  fresh:\n    title: {ja: 新規, en: New}\n    when: {lead_status: NEW}\n    responsible: IS",
    ),
    Documented(
        "order",
        Text("同じ項目に書くルールが複数あるときの順番。最初に当たったルールが書きます。", "Which of several rules writes a property: the first that holds."),
        "format: 1\nrules:\n  hot-list:\n    title: {ja: ホット, en: Hot}\n    for_each: contact\n    when: {lead_score: {at_least: 70}}\n"
        "    then: [{set: {lead_rank: HOT}}]\n  warm-list:\n    title: {ja: ウォーム, en: Warm}\n    for_each: contact\n"
        "    when: {lead_score: {at_least: 40}}\n    then: [{set: {lead_rank: WARM}}]\n"
        "order:\n  contact:\n    lead_rank: [hot-list, warm-list]",
    ),
    Documented(
        "vocabulary",
        Text("リードステータスの値・名前・区分と、誰がどの変更をしてよいか。`reasons` は一緒に答える項目とその選択肢の言語ごとの名前、`guards` は Slack で変更する前に満たすべき条件です（`with` があれば、その理由を選んだときだけ）。"
             "`steps` の変更に `company_wide` を添えると、同じ会社で同じサービスを問い合わせた、そのステータスのコンタクトもまとめて変更できます（役割は `roles` に書きます）。",
             "The lead statuses, what they are called, and who may take which step. `reasons` are names of what is answered with them; `guards` "
             "says what must be so before a step is taken in Slack; with `with`, only where this reason is given. A step of the form `{roles, company_wide}` may be taken for the "
             "company at once: for its other contacts with one of these statuses that ask about the same service."),
        "format: 1\nvocabulary:\n  statuses:\n    NEW: {label: {ja: 新規, en: New}, group: work}\n"
        "    UNQUALIFIED: {label: {ja: 見込み無し, en: Unqualified}, group: parked, reasons: [unqualified_reason]}\n"
        "  reasons:\n    unqualified_reason:\n      label: {ja: 見込み無しの理由, en: Why it is unqualified}\n"
        "      options: {no_fit: {ja: 案件不適合, en: Does not fit us}}\n  steps:\n    NEW: {UNQUALIFIED: {roles: IS, company_wide: [NEW]}}\n"
        "  guards:\n    nobody-called:\n      from: NEW\n      to: UNQUALIFIED\n      needs: {last_activity_at: {known: false}}\n"
        "      message: {ja: 連絡済みのリードです。, en: Somebody was in touch with the lead.}",
    ),
    Documented(
        "calendars",
        Text("営業日の数え方：タイムゾーン、週末、祝日、休業日。", "How business days are counted: time zone, weekend, holidays, closures."),
        "format: 1\ncalendars:\n  jp:\n    time_zone: Asia/Tokyo\n    weekend: [saturday, sunday]\n    holidays: JP\n"
        "    closures: [{name: 年末年始, from: 12-29, to: 01-03}]",
    ),
    Documented("rule_tests", Text("別のファイルに書くルールのテスト。ルールの名前の下に置きます。", "Tests of rules in a file of their own, under the rule's id."),
               "format: 1\nrule_tests:\n  no-owner:\n    tests:\n      - {now: 2026-11-20 09:30, given: {owner: IS}, expect: nothing}"),
)  # fmt: skip
