"""Which words each kind of record has, in which language they are shown, and what stands behind them in the portal."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from connector.records import (
    CALLS,
    COMPANIES,
    CONTACTS,
    DEALS,
    EMAILS,
    MEETINGS,
    NOTES,
    TASKS,
    Kind,
    Option,
    PropertyDefinition,
)
from rules.conditions import Word
from rules.fields import FieldMap
from rules.text import Text

# Contacts beside the one that is examined: words of CONTACTS always mean the latter.
OTHER_CONTACTS = "other_contacts"

Catalogue = Mapping[str, Sequence[PropertyDefinition]]


@dataclasses.dataclass(frozen=True, slots=True)
class Meaning:
    """What a word says. `reads` are the field-map words it is computed from; none: the field-map word of its name.

    `not_ahead`: a time after now counts as missing, since what lies ahead is planned, not done.
    """

    label: Text
    kind: Kind
    reads: tuple[tuple[str, str], ...] = ()
    values: tuple[Option, ...] = ()
    mapped: bool = True
    only_options: bool = False
    not_ahead: bool = False


_STATUS_TIMES = ((CONTACTS, "lead_status"), (CONTACTS, "created_at"))
_CYCLE = (*_STATUS_TIMES, (CONTACTS, "inquiry_date"))
YES_NO = (Option("true", "はい"), Option("false", "いいえ"))
_CLOSING = ((DEALS, "closed_at"), (DEALS, "created_at"), (DEALS, "is_closed"), (DEALS, "is_won"))
# What decides whether a marketer may write to a contact.
MAILABLE = ("email_optout", "marketable")
# What follows from the lists with touches, and so cannot decide who is on them.
TOUCH_WORDS = ("touch_at", "touch_list")
LAST_STEPS = (
    Option("first", "最初の値"),
    Option("allowed", "認められた変更"),
    Option("wrong_role", "役割が違う変更"),
    Option("not_allowed", "手順にない変更"),
)
DEAL_STATES = (Option("open", "進行中"), Option("won", "受注"), Option("lost", "失注"))

_OF_A_CONTACT: Mapping[str, Meaning] = MappingProxyType(
    {
        "lead_status": Meaning(Text("リードステータス", "Lead status"), Kind.CHOICE),
        "status_since": Meaning(
            Text("今のステータスになった日時", "Present status set"),
            Kind.INSTANT,
            _STATUS_TIMES,
            mapped=False,
        ),
        "previous_status": Meaning(
            Text("一つ前のステータス", "Status before"), Kind.CHOICE, _STATUS_TIMES, mapped=False
        ),
        "status_set_by": Meaning(
            Text("ステータスを設定した人", "Who set the status"), Kind.OWNER, _STATUS_TIMES, mapped=False
        ),
        "last_step": Meaning(
            Text("最後のステータス変更", "Last change of status"),
            Kind.CHOICE,
            (*_STATUS_TIMES, (CONTACTS, "owner")),
            LAST_STEPS,
            mapped=False,
        ),
        "revived_at": Meaning(Text("掘り起こしの日時", "Time of revival"), Kind.INSTANT, _STATUS_TIMES, mapped=False),
        "cycle_start": Meaning(
            Text("対応サイクルの開始", "Start of the inquiry cycle"), Kind.INSTANT, _CYCLE, mapped=False
        ),
        "round_start": Meaning(
            Text("今回の対応の開始", "Start of the present round"), Kind.INSTANT, _CYCLE, mapped=False
        ),
        "owner": Meaning(Text("コンタクト担当者", "Contact owner"), Kind.OWNER),
        "services": Meaning(Text("お問い合わせサービス", "Services asked about"), Kind.MULTI, only_options=True),
        "last_name": Meaning(Text("姓", "Last name"), Kind.TEXT),
        "first_name": Meaning(Text("名", "First name"), Kind.TEXT),
        "email": Meaning(Text("メールアドレス", "E-mail"), Kind.TEXT),
        "phone": Meaning(Text("電話番号", "Phone"), Kind.TEXT),
        "mobile_phone": Meaning(Text("携帯電話番号", "Mobile phone"), Kind.TEXT),
        "company_name": Meaning(Text("入力された会社名", "Company as typed"), Kind.TEXT),
        "inquiry_date": Meaning(Text("お問い合わせ日時", "Time of the inquiry"), Kind.INSTANT),
        "inquiry_source": Meaning(Text("お問い合わせ経路", "Source of the inquiry"), Kind.CHOICE),
        "inquiry_text": Meaning(Text("お問い合わせ内容", "Text of the inquiry"), Kind.TEXT),
        "attempted_kind": Meaning(Text("連絡試行済みの内訳", "Kind of attempt"), Kind.CHOICE),
        "unqualified_reason": Meaning(Text("見込み無しの理由", "Reason for Unqualified"), Kind.CHOICE),
        "bad_timing_reason": Meaning(Text("タイミング悪しの理由", "Reason for Bad timing"), Kind.CHOICE),
        "connected_kind": Meaning(Text("接続済みの内訳", "Kind of hand-over"), Kind.CHOICE),
        "touch_at": Meaning(Text("フォロー期日", "Follow-up date"), Kind.INSTANT, _CLOSING, mapped=False),
        "touch_list": Meaning(Text("フォローするリスト", "List to follow up"), Kind.TEXT, _CLOSING, mapped=False),
        "email_optout": Meaning(Text("メール配信停止", "Opted out of mail"), Kind.CHOICE, values=YES_NO),
        "marketable": Meaning(Text("マーケティング対象", "Marketing contact"), Kind.CHOICE, values=YES_NO),
        "last_activity_at": Meaning(Text("最後の活動", "Last activity"), Kind.INSTANT, not_ahead=True),
        "created_at": Meaning(Text("作成日時", "Created"), Kind.INSTANT),
        "record_created_at": Meaning(Text("登録日時", "Recorded"), Kind.INSTANT, mapped=False),
    }
)
MEANINGS: Mapping[str, Mapping[str, Meaning]] = MappingProxyType(
    {
        CONTACTS: _OF_A_CONTACT,
        OTHER_CONTACTS: {name: meaning for name, meaning in _OF_A_CONTACT.items() if meaning.mapped},
        COMPANIES: {
            "name": Meaning(Text("会社名", "Company name"), Kind.TEXT),
            "owner": Meaning(Text("会社の担当者", "Company owner"), Kind.OWNER),
            "account_status": Meaning(Text("アカウントステータス", "Account status"), Kind.CHOICE),
            "service": Meaning(Text("会社のサービス", "Services of the company"), Kind.MULTI),
            "created_at": Meaning(Text("会社の作成日時", "Company created"), Kind.INSTANT),
            "record_created_at": Meaning(Text("登録日時", "Recorded"), Kind.INSTANT, mapped=False),
        },
        DEALS: {
            "service": Meaning(Text("取引のサービス", "Service of the deal"), Kind.CHOICE),
            "owner": Meaning(Text("取引担当者", "Deal owner"), Kind.OWNER),
            "is_closed": Meaning(Text("クローズ済み", "Closed"), Kind.CHOICE, values=YES_NO),
            "is_won": Meaning(Text("受注", "Won"), Kind.CHOICE, values=YES_NO),
            "state": Meaning(
                Text("取引の状態", "State of the deal"),
                Kind.CHOICE,
                ((DEALS, "is_closed"), (DEALS, "is_won")),
                DEAL_STATES,
                mapped=False,
            ),
            "closed_at": Meaning(
                Text("クローズ日時", "Closed at"), Kind.INSTANT, ((DEALS, "closed_at"), (DEALS, "created_at"))
            ),
            "created_at": Meaning(Text("取引の作成日時", "Deal created"), Kind.INSTANT),
            "same_service": Meaning(
                Text("コンタクトと同じサービス", "Same service as the contact"),
                Kind.CHOICE,
                ((DEALS, "service"), (CONTACTS, "services")),
                YES_NO,
                mapped=False,
            ),
            "record_created_at": Meaning(Text("登録日時", "Recorded"), Kind.INSTANT, mapped=False),
        },
        MEETINGS: {
            "host": Meaning(Text("主催者", "Host"), Kind.OWNER),
            "outcome": Meaning(Text("ミーティングの結果", "Outcome of the meeting"), Kind.CHOICE),
            "starts_at": Meaning(Text("開始日時", "Start"), Kind.INSTANT),
            "held_at": Meaning(Text("実施日時", "Held"), Kind.INSTANT, ((MEETINGS, "starts_at"),), not_ahead=True),
            "ends_at": Meaning(Text("終了日時", "End"), Kind.INSTANT, ((MEETINGS, "ends_at"), (MEETINGS, "starts_at"))),
            "record_created_at": Meaning(Text("登録日時", "Recorded"), Kind.INSTANT, mapped=False),
        },
        CALLS: {
            "at": Meaning(Text("電話の日時", "Time of the call"), Kind.INSTANT, not_ahead=True),
            "owner": Meaning(Text("電話の担当者", "Call assigned to"), Kind.OWNER),
            "direction": Meaning(Text("発信・着信", "Direction of the call"), Kind.CHOICE),
            "disposition": Meaning(Text("電話の結果", "Outcome of the call"), Kind.CHOICE),
            "title": Meaning(Text("電話の件名", "Title of the call"), Kind.TEXT),
            "body": Meaning(Text("電話のメモ", "Notes of the call"), Kind.TEXT),
            "record_created_at": Meaning(Text("登録日時", "Recorded"), Kind.INSTANT, mapped=False),
        },
        EMAILS: {
            "at": Meaning(Text("メールの日時", "Time of the e-mail"), Kind.INSTANT, not_ahead=True),
            "owner": Meaning(Text("メールの担当者", "E-mail assigned to"), Kind.OWNER),
            "direction": Meaning(Text("メールの方向", "Direction of the e-mail"), Kind.CHOICE),
            "subject": Meaning(Text("メールの件名", "Subject of the e-mail"), Kind.TEXT),
            "body": Meaning(Text("メールの本文", "Text of the e-mail"), Kind.TEXT),
            "record_created_at": Meaning(Text("登録日時", "Recorded"), Kind.INSTANT, mapped=False),
        },
        NOTES: {
            "at": Meaning(Text("メモの日時", "Time of the note"), Kind.INSTANT, not_ahead=True),
            "owner": Meaning(Text("メモの担当者", "Note assigned to"), Kind.OWNER),
            "body": Meaning(Text("メモの本文", "Text of the note"), Kind.TEXT),
            "record_created_at": Meaning(Text("登録日時", "Recorded"), Kind.INSTANT, mapped=False),
        },
        TASKS: {
            "due_at": Meaning(Text("タスクの期限", "Task due"), Kind.INSTANT),
            "owner": Meaning(Text("タスクの担当者", "Task assigned to"), Kind.OWNER),
            "title": Meaning(Text("タスクの件名", "Title of the task"), Kind.TEXT),
            "body": Meaning(Text("タスクのメモ", "Notes of the task"), Kind.TEXT),
            "status": Meaning(Text("タスクの状態", "Status of the task"), Kind.CHOICE),
            "record_created_at": Meaning(Text("登録日時", "Recorded"), Kind.INSTANT, mapped=False),
        },
    }
)


def stored_as(object_type: str) -> str:
    """The mirror's type of such records."""
    return CONTACTS if object_type == OTHER_CONTACTS else object_type


@dataclasses.dataclass(frozen=True, slots=True)
class Dictionary:
    """All words of one portal: those above, through the field map, and the raw names of its properties."""

    fields: FieldMap
    definitions: Mapping[str, Mapping[str, PropertyDefinition]] | None

    @classmethod
    def of(cls, catalogue: Catalogue | None, fields: FieldMap) -> Dictionary:
        if catalogue is None:
            return cls(fields, None)
        return cls(fields, {kind: {one.name: one for one in found} for kind, found in catalogue.items()})

    def names(self, object_type: str) -> list[str]:
        """Every name a condition may use, for "did you mean"."""
        found = [*MEANINGS.get(object_type, {}), *self.fields.properties.get(stored_as(object_type), {})]
        return [*dict.fromkeys([*found, *self._portal(object_type)])]

    def word(self, object_type: str, name: str) -> Word | None:
        """None where nothing has this name."""
        meaning = MEANINGS.get(object_type, {}).get(name)
        property_name = self.fields.property(stored_as(object_type), name)
        if meaning is None:
            raw = property_name or name
            definition = self._portal(object_type).get(raw)
            if definition is None:
                return None
            label = Text(definition.label, definition.label)
            return Word(object_type, name, definition.kind, label, raw, definition.options)
        if not meaning.mapped:
            return Word(object_type, name, meaning.kind, meaning.label, None, meaning.values)
        if property_name is None and len(meaning.reads) == 1:
            property_name = self.fields.property(*meaning.reads[0])
        definition = self._portal(object_type).get(property_name or "")
        kind = definition.kind if definition else meaning.kind
        options = definition.options if definition else meaning.values
        return Word(
            object_type, name, kind, meaning.label, property_name, options, meaning.only_options, meaning.not_ahead
        )

    def reads(self, word: Word) -> list[tuple[str, str]]:
        """The CRM properties that the word's value is computed from."""
        meaning = MEANINGS.get(word.object_type, {}).get(word.name)
        if meaning is None or (meaning.mapped and not meaning.reads):
            return [(stored_as(word.object_type), word.property)] if word.property else []
        pairs = ((kind, self.fields.property(kind, name)) for kind, name in meaning.reads)
        return [(kind, name) for kind, name in pairs if name]

    def existing(self, words: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """The CRM properties behind words of the field map, those that the portal has, as far as that is known."""
        pairs = ((kind, self.fields.property(kind, name)) for kind, name in words)
        found = [(kind, name) for kind, name in pairs if name]
        return [(kind, name) for kind, name in found if not self.checks(kind) or name in self._portal(kind)]

    def missing(self, word: Word) -> list[tuple[str, str]]:
        """Those of `reads` that the portal does not have; none of types whose definitions have not been read yet."""
        return [(kind, name) for kind, name in self.reads(word) if self.checks(kind) and name not in self._portal(kind)]

    def checks(self, object_type: str) -> bool:
        """Whether the portal's properties of this type are known. Types that no rule has named yet are not read."""
        return stored_as(object_type) in (self.definitions or {})

    def _portal(self, object_type: str) -> Mapping[str, PropertyDefinition]:
        return {} if self.definitions is None else self.definitions.get(stored_as(object_type), {})
