"""The rule files as a JSON Schema, so that an editor completes words and options and marks what cannot stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from connector.records import CONTACTS, Kind, Option
from rules.conditions import Comparison, Relation, Word, walk
from rules.fields import FieldMap
from rules.language.conditions import CONNECTIVES, RELATED
from rules.language.operators import OPERATORS
from rules.language.rule_keys import ACTIONS, RULE_KEYS
from rules.language.sections import SECTIONS
from rules.language.word import Documented
from rules.mistakes import Mistakes
from rules.model import ROLES, Mode, RuleSet, Severity
from rules.read_comparisons import operators
from rules.reading import Reading
from rules.words import Catalogue, Dictionary

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_WORDS = frozenset({"same_as", "earlier_than", "later_than", "at_or_after"})
_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_ANYTHING: Schema = {}


def _one_or_more(value: Schema) -> Schema:
    return {"anyOf": [value, {"type": "array", "minItems": 1, "items": value}]}


_ROLES = _one_or_more({"enum": list(ROLES)})
_SPAN: Schema = {"$ref": "#/$defs/span"}
_NUMBER: Schema = {"type": "number"}
_PARTS = _one_or_more({"type": "string"})
# What stands under an operator where that does not depend on the word.
_OPERANDS: Mapping[str, Schema] = {
    **{name: {"type": "boolean"} for name in ("known", "live", "in_vocabulary", "or_missing")},
    **dict.fromkeys(("older_than", "within_last", "within_next", "unchanged_for", "changed_within"), _SPAN),
    **dict.fromkeys(("at_least", "at_most", "more_than", "less_than"), _NUMBER),
    **dict.fromkeys(("contains", "contains_none", "starts_with", "ends_with"), _PARTS),
    "between": {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2},
    "role": {
        "anyOf": [
            *_ROLES["anyOf"],
            {"type": "object", "properties": {"is": _ROLES, "is_not": _ROLES}, "additionalProperties": False},
        ]
    },
}


def json_schema(rule_set: RuleSet, catalogue: Catalogue | None, fields: FieldMap) -> Schema:
    """With a portal, its properties and options are named and nothing else is; without one, any name may stand.

    `rule_set` says which statuses and relations there are. An editor finds further mistakes than these only by running
    `mimawari rules check`.
    """
    dictionary = Dictionary.of(catalogue, fields)
    maker = _Maker(Reading(Mistakes(), dictionary, rule_set.vocabulary, rule_set.relations, _scores(rule_set)))
    return {
        "$schema": DIALECT,
        "title": "mimawari: rule file",
        "type": "object",
        "properties": _described(SECTIONS, lambda word: _SECTIONS.get(word.key, {"type": "object"})),
        "required": ["format"],
        "additionalProperties": False,
        "$defs": maker.definitions(),
    }


def _scores(rule_set: RuleSet) -> dict[str, Word]:
    """Those that some rule asks for."""
    parts = (part for rule in rule_set.rules for asked in rule.asked for part in walk(asked))
    return {
        part.word.name: part.word for part in parts if isinstance(part, Comparison) and part.word.points is not None
    }


_TEXT: Schema = {"$ref": "#/$defs/text"}
_IDS = _one_or_more({"type": "string"})
_STEP: Schema = {
    "anyOf": [
        *_ROLES["anyOf"],
        {
            "type": "object",
            "properties": {"roles": _ROLES, "company_wide": _IDS},
            "required": ["roles"],
            "additionalProperties": False,
        },
    ]
}
_OBJECT: Schema = {"type": "object"}
_STEPS: Schema = {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": _STEP}}
_SECTIONS: Mapping[str, Schema] = {
    "format": {"const": 1},
    "rules": {"type": "object", "additionalProperties": {"$ref": "#/$defs/rule"}},
    "vocabulary": {
        "type": "object",
        "properties": {"statuses": _OBJECT, "reasons": _OBJECT, "steps": _STEPS, "guards": _OBJECT},
        "required": ["statuses", "steps"],
        "additionalProperties": False,
    },
}
_TABLE: Schema = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/row"}}
_RULE_KEYS: Mapping[str, Schema] = {
    "title": _TEXT,
    "for_each": {"const": "contact"},
    "when": {"$ref": f"#/$defs/condition of {CONTACTS}"},
    "then": {"$ref": "#/$defs/actions"},
    "mode": {"enum": [mode.value for mode in Mode]},
    "limit": {"type": "integer", "minimum": 0},
    "channel": {"enum": ["leak"]},
    **dict.fromkeys(("for", "respect_edits"), _SPAN),
    **dict.fromkeys(("unless", "hold", "quiet_if", "was"), _IDS),
    **dict.fromkeys(("first_match", "every_match", "allowed"), _TABLE),
}
_ACTIONS: Mapping[str, Schema] = {
    "finding": {
        "type": "object",
        "properties": {"severity": {"enum": [severity.value for severity in Severity]}, "message": _TEXT},
        "additionalProperties": False,
    },
    "set": {"type": "object", "minProperties": 1},
    "task": {
        "type": "object",
        "properties": {"title": _TEXT, "to": _ANYTHING, "due": _SPAN},
        "required": ["title", "to", "due"],
        "additionalProperties": False,
    },
    "note": {
        "type": "object",
        "properties": {"text": _TEXT},
        "required": ["text"],
        "additionalProperties": False,
    },
    **{name: {"type": "object"} for name in ("remind", "list", "suggest")},
}


class _Maker:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._dictionary, self._vocabulary, self._relations = reading.dictionary, reading.vocabulary, reading.relations

    def definitions(self) -> dict[str, Schema]:
        kinds = {CONTACTS, *(relation.object_type for relation in self._relations.values())}
        return {
            "text": {
                "description": "ja / en",
                "anyOf": [
                    {"type": "string"},
                    {"type": "object", "properties": {"ja": {"type": "string"}, "en": {"type": "string"}},
                     "additionalProperties": False, "minProperties": 1},
                ],
            },
            "span": {"type": "string", "description": "3 business days, 3営業日, 30 days, 2 weeks, 4 hours, 4 business hours", "pattern": r"^\s*[0-9０-９]{1,5}\s*\D+$"},
            "actions": {"type": "array", "items": {"type": "object", "properties": _described(ACTIONS, lambda word: _ACTIONS.get(word.key, _ANYTHING)),
                                                   "additionalProperties": False}},
            "rule": {"type": "object", "properties": _described(RULE_KEYS, lambda word: _RULE_KEYS.get(word.key, _ANYTHING)),
                     "required": ["title", "for_each"], "additionalProperties": False},
            "row": {"type": "object", "properties": {"name": {"type": "string"}, "otherwise": {"const": True},
                                                     "then": {"$ref": "#/$defs/actions"}}},
            **{_condition(kind): self._condition(kind) for kind in sorted(kinds)},
        }  # fmt: skip

    def _condition(self, kind: str) -> Schema:
        properties: dict[str, Schema] = {}
        for name in self._dictionary.names(kind):
            word = self._dictionary.word(kind, name)
            if word is not None:
                properties[name] = self._word(word)
        if kind == CONTACTS:
            properties |= {name: self._word(word) for name, word in self._reading.scores.items()}
            properties |= {name: self._relation(relation) for name, relation in self._relations.items()}
        this = {"$ref": f"#/$defs/{_condition(kind)}"}
        for word in CONNECTIVES:
            properties[word.key] = {"description": _says(word), **this}
        one: Schema = {"type": "object", "properties": properties, "minProperties": 1}
        # Without a portal nobody knows which further properties there are.
        if self._dictionary.definitions is not None:
            one["additionalProperties"] = False
        return {"anyOf": [one, {"type": "array", "minItems": 1, "items": this}]}

    def _relation(self, relation: Relation) -> Schema:
        inner = {"$ref": f"#/$defs/{_condition(relation.object_type)}"}
        label = f"{relation.label.ja} / {relation.label.en}"
        if relation.pick is not None:
            return {
                "description": label,
                "anyOf": [inner, {"type": "object", "properties": {"exists": {"type": "boolean"}}}],
            }
        properties = _described(RELATED, lambda word: self._quantifier(word, inner))
        return {
            "description": label,
            "type": "object",
            "properties": {**properties, "per": {"type": "string"}},
            "additionalProperties": False,
        }

    def _quantifier(self, word: Documented, inner: Schema) -> Schema:
        match word.key.strip():
            case "exists":
                return {"type": "boolean"}
            case "any" | "none" | "all":
                return {"anyOf": [inner, {"type": "object", "maxProperties": 0}]}
            case "count":
                return {
                    "type": "object",
                    "properties": {"where": inner, "at_least": {"type": "integer"}, "at_most": {"type": "integer"}},
                    "additionalProperties": False,
                }
            case "sum":
                number = {"of": {"type": "string"}, "where": inner, "at_least": _NUMBER, "at_most": _NUMBER}
                return {"type": "object", "properties": number, "required": ["of"], "additionalProperties": False}
            case _:
                return {"type": "object", "properties": {"by": {"type": "string"}}, "required": ["by"]}

    def _word(self, word: Word) -> Schema:
        value = self._value(word)
        names = [*operators(word, self._reading), "or_missing"]
        said = {one.key: one for one in OPERATORS}
        compared = {
            name: {"description": _says(said[name]), **self._operand(name, word, value)}
            for name in names
            if name in said
        }
        compared_by: Schema = {
            "type": "object",
            "properties": compared,
            "additionalProperties": False,
            "minProperties": 1,
        }
        label = f"{word.label.ja} / {word.label.en}"
        return {"description": label, "anyOf": [*_one_or_more(value)["anyOf"], compared_by]}

    def _operand(self, operator: str, word: Word, value: Schema) -> Schema:
        if operator in _WORDS:
            return {"enum": [*self._same_kind(word)]}
        return _OPERANDS.get(operator) or _one_or_more(value)

    def _same_kind(self, word: Word) -> Iterable[str]:
        for kind in dict.fromkeys((word.object_type, CONTACTS)):
            for name in self._dictionary.names(kind):
                other = self._dictionary.word(kind, name)
                if other is not None and other.kind is word.kind:
                    yield name

    def _value(self, word: Word) -> Schema:
        options = [*word.options, *self._statuses(word)]
        if options and word.kind in (Kind.CHOICE, Kind.MULTI):
            names = dict.fromkeys(name for option in options for name in (option.value, option.label))
            flags = [True, False] if {"true", "false"} & set(names) else []
            return {"enum": [*names, *flags]}
        return {"type": "number"} if word.kind is Kind.NUMBER else _SCALAR

    def _statuses(self, word: Word) -> Iterable[Option]:
        if word.object_type == CONTACTS and word.name == "lead_status":
            for status in self._vocabulary.statuses:
                for name in (status.label.ja, status.label.en, *status.aliases):
                    yield Option(status.value, name)


def _condition(kind: str) -> str:
    return f"condition of {kind}"


def _says(word: Documented) -> str:
    return f"{word.text.ja}\n{word.text.en}"


def _described(words: Iterable[Documented], schema: Callable[[Documented], Schema]) -> dict[str, Schema]:
    return {word.key.strip(): {"description": _says(word), **schema(word)} for word in words}
