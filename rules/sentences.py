"""What the loader says about a mistake, in Japanese and English, and what to do about it where no word is near."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rules.text import Text

SENTENCES: Mapping[str, Text] = MappingProxyType(
    {
        # Raw text
        "too_large": Text(
            "ファイルが大きすぎます（上限 {limit} バイト）", "The file is too large (limit {limit} bytes)"
        ),
        "unreadable": Text("ファイルを読めません: {problem}", "The file cannot be read: {problem}"),
        "utf16": Text("文字コードが UTF-16 です", "The file is in UTF-16"),
        "no_text": Text("文字ではないデータ（{code}）が入っています", "There is something that is no text ({code})"),
        "cp932": Text("文字コードが Shift_JIS（CP932）です", "The file is in Shift_JIS (CP932)"),
        "encoding": Text("文字コードが UTF-8 ではありません", "The file is not in UTF-8"),
        "tab": Text("字下げにタブは使えません", "A tab cannot be used to indent"),
        "wide_space": Text("字下げに全角スペースは使えません", "A full-width space cannot be used to indent"),
        # Nodes
        "yaml": Text("YAML として読めません: {problem}", "This cannot be read as YAML: {problem}"),
        "no_mapping": Text("ファイルに「項目: 値」がありません", "The file has no 'key: value' lines"),
        "several_documents": Text("一つのファイルに書ける文書は一つです", "A file can hold one document only"),
        "too_deep": Text("入れ子が深すぎます（上限 {limit}）", "Nested too deeply (limit {limit})"),
        "key_not_text": Text("項目名は文字で書いてください", "A key must be a plain word"),
        "merge_key": Text("「<<」は使えません", "'<<' cannot be used"),
        "duplicate_key": Text("「{word}」は {line} 行目にもあります", "'{word}' stands in line {line} already"),
        "anchor": Text("アンカー（&）とエイリアス（*）は使えません", "Anchors (&) and aliases (*) cannot be used"),
        "tag": Text("タグ「{word}」は使えません", "The tag '{word}' cannot be used"),
        # Structure
        "no_format": Text("最初に「format: 1」が必要です", "'format: 1' must come first"),
        "unknown_format": Text("書式「{word}」は知りません", "Format '{word}' is not known"),
        "unknown_key": Text("「{word}」という項目はここでは使えません", "'{word}' is not a key that can stand here"),
        "missing_key": Text("「{word}」がありません", "'{word}' is missing"),
        "expected_mapping": Text("「{word}」には「項目: 値」が必要です", "'{word}' needs 'key: value' lines"),
        "expected_list": Text("「{word}」には一覧が必要です", "'{word}' needs a list"),
        "expected_text": Text("「{word}」には文字が必要です", "'{word}' needs a text"),
        "expected_number": Text("「{word}」には数が必要です", "'{word}' needs a number"),
        "expected_yes_no": Text("「{word}」には true か false が必要です", "'{word}' needs true or false"),
        "expected_choice": Text("「{key}」に「{word}」は書けません", "'{word}' cannot be said of '{key}'"),
        "bad_rule_id": Text(
            "ルールの名前「{word}」に使えるのは a-z、0-9、- だけです（80文字まで）",
            "The rule id '{word}' may only use a-z, 0-9 and -, up to 80 of them",
        ),
        "duplicate_rule": Text(
            "ルール「{word}」は {file} の {line} 行目にもあります",
            "The rule '{word}' stands in {file}, line {line} already",
        ),
        "duplicate_section": Text("「{word}」は {file} にもあります", "'{word}' stands in {file} already"),
        "no_action": Text("ルール「{word}」に結果（then）がありません", "The rule '{word}' has no outcome"),
        "other_extension": Text(
            "拡張子が .yaml ではないので読みません", "This file is not read, as its extension is not .yaml"
        ),
        "no_files": Text("ルールファイル（.yaml）がありません", "There is no rule file (.yaml)"),
        "no_folder": Text("フォルダーがありません", "There is no such folder"),
        # Tables
        "two_shapes": Text(
            "「{word}」と「{other}」を同じルールに書くことはできません",
            "'{word}' cannot stand beside '{other}' in one rule",
        ),
        "empty_table": Text("「{word}」に行がありません", "'{word}' has no rows"),
        "bad_row_name": Text(
            "行の名前「{word}」に使えるのは a-z、0-9、- だけです（40文字まで）",
            "The row name '{word}' may only use a-z, 0-9 and -, up to 40 of them",
        ),
        "duplicate_row": Text(
            "「{word}」という行は {line} 行目にもあります", "A row '{word}' stands in line {line} already"
        ),
        "otherwise_last": Text("otherwise は最後の行だけで使えます", "'otherwise' can only be the last row"),
        "otherwise_is_true": Text("otherwise には true だけが書けます", "'otherwise' can only be true"),
        # Meaning: words and operators
        "unknown_word": Text("「{word}」という項目は{of}にありません", "'{word}' is no property of {of}"),
        "unchecked_word": Text(
            "「{word}」は CRM に接続していないため確認できません", "'{word}' cannot be checked without the CRM"
        ),
        "property_gone": Text(
            "「{word}」が指す {of} の項目「{property}」は CRM にありません",
            "'{word}' stands for the property '{property}' of {of}, which the CRM does not have",
        ),
        "unknown_operator": Text(
            "「{word}」という比べ方は「{of}」に使えません", "'{of}' cannot be compared by '{word}'"
        ),
        "no_operator": Text("「{word}」を何と比べるかがありません", "Nothing says what '{word}' is compared with"),
        "empty_condition": Text("「{word}」に条件がありません", "'{word}' holds no condition"),
        "missing_value": Text("「{word}」の値がありません", "'{word}' has no value"),
        "no_such_option": Text("「{of}」に選択肢「{word}」はありません", "'{of}' has no option '{word}'"),
        "ambiguous_label": Text(
            "「{word}」という選択肢は複数あります（{values}）", "Several options are labelled '{word}' ({values})"
        ),
        "bad_span": Text("「{word}」は期間として読めません", "'{word}' is not a length of time"),
        "hours_of_a_date": Text("「{of}」は日付なので時間では比べられません", "'{of}' is a date and has no hours"),
        "reversed_bounds": Text("範囲が逆です（{low} から {high}）", "The bounds are reversed ({low} to {high})"),
        "bad_clock": Text("「{word}」は時刻として読めません", "'{word}' is not a time of day"),
        "bad_day_or_time": Text("「{word}」は日付や日時として読めません", "'{word}' is neither a day nor a time"),
        "not_a_time": Text("「{word}」は日時ではありません", "'{word}' is not a time"),
        "other_kind": Text("「{word}」は「{of}」とは種類が違います", "'{word}' is not of the same kind as '{of}'"),
        "no_label_fits": Text(
            "「{of}」に「{word}」が当てはまる選択肢はありません", "No option of '{of}' has a label that fits '{word}'"
        ),
        "guard_of_no_step": Text("「{word}」は steps にない変更です", "'{word}' is not one of the steps"),
        "no_number_to_add": Text(
            "「{of}」は数ではないため、合計できません", "'{of}' is no number, so it cannot be added up"
        ),
        "not_an_owner": Text("「{word}」は担当者の番号ではありません", "'{word}' is not the number of an owner"),
        "unknown_role": Text("「{word}」という役割はありません", "There is no role '{word}'"),
        "negative_and_missing": Text(
            "「{of}」が空のときも成り立ちます（{word}）", "This also holds where '{of}' is empty ({word})"
        ),
        # Meaning: relations
        "no_quantifier": Text(
            "「{of}」のどれについての条件かがありません", "Nothing says of which of the {of} this must hold"
        ),
        "not_here": Text("「{word}」はここでは使えません", "'{word}' cannot be used here"),
        "picked_twice": Text("「{word}」はすでに一件に絞られています", "'{word}' is one record already"),
        "relation_circle": Text("「{word}」が自分自身から作られています", "'{word}' is made from itself"),
        "unknown_relation": Text("「{word}」という関連はありません", "There is no relation '{word}'"),
        "relation_is_word": Text("「{word}」はすでに別の意味で使われています", "'{word}' has another meaning already"),
        "not_picked": Text(
            "「{word}」は複数あるので、どの担当者か決まりません",
            "'{word}' can be several records, so nobody knows whose owner",
        ),
        # Meaning: points
        "no_points": Text("点数が一つもありません", "There are no points"),
        "expected_bounds": Text(
            "「{word}」には下限と上限の二つの整数が必要です", "'{word}' needs two whole numbers, the lower one first"
        ),
        # Meaning: rules
        "unknown_rule": Text("「{word}」というルールはありません", "There is no rule '{word}'"),
        "rule_circle": Text("ルール「{word}」が自分自身を参照しています", "The rule '{word}' refers to itself"),
        "status_needs_person": Text(
            "リードステータスはルールでは書き換えられません", "A rule cannot write the lead status"
        ),
        "two_writers": Text(
            "「{word}」は {file} の {line} 行目のルール「{other}」も書き換えます",
            "The rule '{other}' in {file}, line {line} writes '{word}' as well",
        ),
        "writes_not": Text(
            "ルール「{word}」は「{property}」を書き換えません", "The rule '{word}' does not write '{property}'"
        ),
        "was_taken": Text("「{word}」はルール「{other}」の名前です", "'{word}' is the name of the rule '{other}'"),
        "needs_finding": Text(
            "「{word}」は finding のあるルールだけで使えます", "'{word}' can only be used in a rule with a finding"
        ),
        "no_to_in_row": Text("この行に「to」がありません", "The row has no 'to'"),
        "two_receivers": Text(
            "相手は remind か suggest の to のどちらか一方に書いてください",
            "Say who gets it either under 'remind' or as 'to' of 'suggest'",
        ),
        "made_twice": Text(
            "「{word}」は一つのルール（表では一行）に一つまでです",
            "There can be one '{word}' in a rule or in a row of its table",
        ),
        "not_a_user": Text(
            "「{word}」は CRM ユーザーのメールアドレスでも ID でもありません",
            "'{word}' is neither the mail address nor the id of a CRM user",
        ),
        "unknown_user": Text("CRM に「{word}」というユーザーはいません", "The CRM has no user '{word}'"),
        "user_gone": Text("CRM ユーザー「{word}」は無効になっています", "The CRM user '{word}' is deactivated"),
        "not_a_number": Text("「{of}」は数の項目ではありません", "'{of}' is no property for a number"),
        "no_bands": Text("ランクの下限が一つもありません", "No rank has a number to begin at"),
        "same_band": Text("「{word}」と「{other}」の下限が同じです", "'{word}' and '{other}' begin at the same number"),
        "auto_unsigned": Text(
            "mode: auto には switched_on（by と on）と limit が必要です",
            "mode: auto needs switched_on (by and on) and limit",
        ),
        "pattern_without_item": Text("リスト名に「{{{word}}}」がありません", "The list's name lacks '{{{word}}}'"),
        "one_per_not_grouped": Text(
            "one_per は複数選択の項目か、per でまとめた項目です",
            "one_per takes a multi-select, or the word named by per",
        ),
        "per_not_listed": Text(
            "per はリストのルールだけで使えます", "per can only be used in a rule that fills a list"
        ),
        "bad_queue_id": Text(
            "キューの名前「{word}」に使えるのは a-z、0-9、- だけです",
            "The queue id '{word}' may only use a-z, 0-9 and -",
        ),
        "duplicate_queue": Text(
            "「{word}」という名前は {file} の {line} 行目で使われています",
            "The name '{word}' is taken by {file}, line {line}",
        ),
        "queue_without_filter": Text(
            "キュー「{word}」には when か findings のどちらか一つを書いてください",
            "The queue '{word}' needs either 'when' or 'findings', and not both",
        ),
        "no_finding": Text("ルール「{word}」は検知を出しません", "The rule '{word}' opens no finding"),
        "touch_in_days": Text(
            "フォローの期日「{word}」は暦日で書いてください", "The touch '{word}' must be in calendar days"
        ),
        "touches_from_themselves": Text(
            "touches のあるリストの条件に「{word}」は使えません",
            "A list with touches cannot depend on '{word}', which follows from them",
        ),
        # Tests
        "bad_moment": Text("「{word}」は日時として読めません", "'{word}' is not a time"),
        "derived_word": Text(
            "「{word}」は計算される値なので、与えられません", "'{word}' is derived and cannot be given"
        ),
        "beside_history": Text("history があるので「{word}」は書けません", "'{word}' cannot stand beside history"),
        "not_given": Text(
            "「{word}」は計算で決まる関連なので、与えられません",
            "'{word}' follows from other records and cannot be given",
        ),
        "bad_expect": Text("「{word}」という結果はこのルールにありません", "This rule has no outcome '{word}'"),
        "unknown_row": Text("「{word}」という行はありません", "There is no row '{word}'"),
        "not_later": Text("「{word}」は前の行より後ではありません", "'{word}' is not later than the line before"),
        # What stands in each other's way
        "unreachable_row": Text("行「{word}」には届きません", "The row '{word}' can never be reached"),
        "row_against_when": Text(
            "行「{word}」は when と両立しません", "The row '{word}' cannot hold together with 'when'"
        ),
        "gap": Text("どの行にも当たらない値があります: {values}", "No row is for these values: {values}"),
        "rows_both_write": Text(
            "{line} 行目の行「{other}」も「{word}」を書き換えます",
            "The row '{other}' in line {line} writes '{word}' as well",
        ),
        "same_when": Text(
            "条件が {file} の {line} 行目のルール「{other}」と同じです",
            "The conditions are those of the rule '{other}' in {file}, line {line}",
        ),
        "shadowed": Text(
            "ルール「{word}」が「{property}」を書き換えることはありません",
            "The rule '{word}' never comes to write '{property}'",
        ),
        "write_circle": Text(
            "ルールが互いの書き換えを条件にしています: {path}", "Rules read what one another writes: {path}"
        ),
        "auto_without_owner": Text(
            "自動で書き換えるルールに責任者（owner）がいません", "A rule that writes by itself has no owner"
        ),
        "nobody_to_tell": Text(
            "ルール「{word}」を知らせる相手が一人もいません", "There is nobody whom the rule '{word}' could tell"
        ),
        # Vocabulary and calendar
        "duplicate_status": Text("「{word}」は二つのステータスを指します", "'{word}' stands for two statuses"),
        "unknown_status": Text("ステータス「{word}」はありません", "There is no status '{word}'"),
        "bad_day": Text("「{word}」は日付として読めません", "'{word}' is not a day"),
        "unknown_zone": Text("タイムゾーン「{word}」はありません", "There is no time zone '{word}'"),
        "unknown_country": Text("国「{word}」の祝日は知りません", "The holidays of '{word}' are not known"),
        "no_calendar": Text("カレンダーがありません", "There is no calendar"),
        "unknown_calendar": Text("カレンダー「{word}」はありません", "There is no calendar '{word}'"),
    }
)

HINTS: Mapping[str, Text] = MappingProxyType(
    {
        "too_large": Text("ファイルを分けてください", "Split the file"),
        "cp932": Text("エディターで UTF-8 として保存し直してください", "Save it as UTF-8 in your editor"),
        "utf16": Text("エディターで UTF-8 として保存し直してください", "Save it as UTF-8 in your editor"),
        "no_text": Text(
            "この文字を消すか、別の形式のファイルでないか確認してください",
            "Delete it, or see whether this is a file of another kind",
        ),
        "unreadable": Text(
            "ファイルの種類と権限を確認してください", "Check what kind of file it is, and who may read it"
        ),
        "encoding": Text("エディターで UTF-8 として保存し直してください", "Save it as UTF-8 in your editor"),
        "tab": Text("半角スペースに置き換えてください", "Replace it by spaces"),
        "wide_space": Text("半角スペースに置き換えてください", "Replace it by plain spaces"),
        "yaml": Text(
            "字下げ、コロンの後の空白、かっこと引用符の対を確認してください",
            "Check the indent, the space after the colon, and that brackets and quotes come in pairs",
        ),
        "anchor": Text(
            "内容をそのまま書いてください。「*」や「&」で始まる文字は引用符で囲みます",
            "Write it out; put a text that begins with * or & in quotes",
        ),
        "merge_key": Text("内容をそのまま書いてください", "Write it out"),
        "tag": Text("「!」で始まる文字は引用符で囲みます", "Put a text that begins with ! in quotes"),
        "several_documents": Text("「---」で分けず、別のファイルにしてください", "Use another file instead of '---'"),
        "no_format": Text("一行目に「format: 1」と書いてください", "Write 'format: 1' in the first line"),
        "unknown_format": Text("この版が読めるのは format: 1 です", "This version reads format: 1"),
        "duplicate_rule": Text("どちらかの名前を変えてください", "Give one of them another name"),
        "bad_queue_id": Text("例: inquiry-leads", "For example: inquiry-leads"),
        "duplicate_queue": Text("どちらかの名前を変えてください", "Give one of them another name"),
        "duplicate_section": Text("一つにまとめてください", "Put both into one"),
        "two_shapes": Text("別のルールに分けてください", "Make two rules of them"),
        "empty_table": Text(
            "例: {{lead_status: NEW, then: [{{finding: {{severity: info}}}}]}}",
            "For example: {{lead_status: NEW, then: [{{finding: {{severity: info}}}}]}}",
        ),
        "otherwise_last": Text("この行を最後に移してください", "Move this row to the end"),
        "otherwise_is_true": Text(
            "条件を書くか、この行を消してください", "Write a condition instead, or take the row out"
        ),
        "duplicate_row": Text("どちらかの名前を変えてください", "Give one of them another name"),
        "bad_row_name": Text("例: hokkaido-x", "For example: hokkaido-x"),
        "missing_value": Text(
            "空であることを調べるには「known: false」と書きます", "Write 'known: false' to ask whether it is empty"
        ),
        "no_operator": Text("値か、「known: true」などを書いてください", "Write a value, or for example 'known: true'"),
        "bad_span": Text(
            "例: 3 business days、3営業日、30 days、2 weeks、4 hours、4 business hours",
            "For example: 3 business days, 30 days, 2 weeks, 4 hours, 4 business hours",
        ),
        "bad_clock": Text("例: 09:00", "For example: 09:00"),
        "bad_day_or_time": Text(
            "例: 2026-11-18、2026-11-18 10:30、now", "For example: 2026-11-18, 2026-11-18 10:30, now"
        ),
        "not_an_owner": Text(
            "CRM の担当者の番号（例: 12）を書くか、role で役割を調べてください",
            "Write the owner's number in the CRM, such as 12, or ask for a role",
        ),
        "negative_and_missing": Text(
            "or_missing: true か known: true を添えると意図がはっきりします",
            "Add 'or_missing: true' or 'known: true' to say what is meant",
        ),
        "no_quantifier": Text(
            "exists、any、none、all、count、sum、latest、earliest のどれかを使ってください",
            "Use one of exists, any, none, all, count, sum, latest, earliest",
        ),
        "property_gone": Text(
            "settings.toml の対応表か、CRM の項目名を確認してください",
            "Check the field map in settings.toml, or the CRM's property",
        ),
        "no_such_option": Text(
            "CRM の選択肢の内部値かラベルを書いてください",
            "Write the internal value or the label of an option of the CRM",
        ),
        "ambiguous_label": Text("内部値で書いてください", "Write the internal value"),
        "no_points": Text(
            "例: {{add: 20, when: {{lead_status: NEW}}}}", "For example: {{add: 20, when: {{lead_status: NEW}}}}"
        ),
        "expected_bounds": Text("例: [1, 100]", "For example: [1, 100]"),
        "status_needs_person": Text("suggest を使ってください", "Use 'suggest'"),
        "two_writers": Text(
            "どちらか一方にまとめるか、順番を書いてください: order: {{contact: {{{word}: [{other}, {one}]}}}}",
            "Let one rule do it, or say which comes first: order: {{contact: {{{word}: [{other}, {one}]}}}}",
        ),
        "was_taken": Text(
            "前の名前は、今どのルールも使っていないものだけです", "A former name is one that no rule has now"
        ),
        "needs_finding": Text("then に finding を加えてください", "Add a finding to 'then'"),
        "unreachable_row": Text(
            "{line} 行目の行「{other}」が先に当たります。条件の多い行を上に置いてください",
            "The row '{other}' in line {line} matches first; put the row with more conditions above it",
        ),
        "row_against_when": Text("行か when のどちらかを直してください", "Change the row or 'when'"),
        "gap": Text("otherwise: true の行を最後に加えてください", "Add a last row with 'otherwise: true'"),
        "rows_both_write": Text(
            "first_match にするか、両方が当たらない条件にしてください",
            "Use first_match, or conditions that cannot both hold",
        ),
        "same_when": Text("一つにまとめられないか確認してください", "See whether one rule will do"),
        "shadowed": Text(
            "「{other}」が必ず先に当たります。order の順番を確認してください",
            "'{other}' always comes first; check the order",
        ),
        "write_circle": Text(
            "どれか一つのルールの条件から、その項目を外してください", "Take the property out of one rule's conditions"
        ),
        "auto_without_owner": Text("例: owner: sato@firm.example", "For example: owner: sato@firm.example"),
        "nobody_to_tell": Text(
            "settings.toml の [roles] か、remind の相手を確認してください",
            "Check [roles] in settings.toml, or the receivers under 'remind'",
        ),
        "no_bands": Text("例: {{HOT: 60, WARM: 30, COOL: 1}}", "For example: {{HOT: 60, WARM: 30, COOL: 1}}"),
        "same_band": Text("どちらかの数を変えてください", "Change one of the numbers"),
        "writes_not": Text(
            "order には、その項目を書き換えるルールだけを並べます",
            "'order' lists the rules that write the property, no others",
        ),
        "no_to_in_row": Text("例: to: tanaka@firm.example", "For example: to: tanaka@firm.example"),
        "not_a_user": Text("例: tanaka@firm.example", "For example: tanaka@firm.example"),
        "user_gone": Text("今いる人に書き換えてください", "Name somebody who is still there"),
        "not_picked": Text("pick: {{latest: …}} のある関連を使ってください", "Use a relation with pick: {{latest: …}}"),
        "no_finding": Text("finding のあるルールを書いてください", "Name a rule that has a finding"),
        "touch_in_days": Text("例: 30 days、90日、2 weeks", "For example: 30 days, 2 weeks"),
        "bad_moment": Text("例: 2026-11-20 09:30", "For example: 2026-11-20 09:30"),
        "derived_word": Text("代わりに {words} を書いてください", "Give {words} instead"),
        "beside_history": Text(
            "今のステータスは history の最後の行です", "The present status is the last line of history"
        ),
        "not_later": Text("前の行より後の日時を書いてください", "Write a time after that of the line before"),
        "bad_day": Text(
            "毎年の日は 12-29、特定の日は 2026-12-28 と書きます", "Write 12-29 for every year, 2026-12-28 for one day"
        ),
        "other_extension": Text("拡張子を .yaml に変えてください", "Rename it to .yaml"),
        "no_folder": Text(
            "settings.toml のルールの場所を確認してください", "Check the folder of rules in settings.toml"
        ),
        "bad_rule_id": Text("例: l1-meeting-without-outcome", "For example: l1-meeting-without-outcome"),
    }
)
