"""Whether the portal still has what rules and people write: each property, its type, and the options by their names."""

from __future__ import annotations

import dataclasses
import enum
import hashlib
from collections.abc import Iterable, Mapping, Sequence

from connector.mirror.typed import normalised
from connector.records import CONTACTS, Kind, PropertyDefinition
from rules.model import RuleSet, StatusGroup
from rules.text import Text
from rules.words import Catalogue

_CHOSEN_FROM = (Kind.CHOICE, Kind.MULTI)
_TOLD = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Demand:
    """What is asked of one property of contacts. The values of `needed` must be options; those of `named` must not get
    lost, nor be called otherwise than before or than one of `names` says. `claim` changes with whatever asks for it.
    """

    needed: frozenset[str]
    named: frozenset[str]
    names: Mapping[str, frozenset[str]]
    claim: str | None


# Of what rules only ask for: it must be there.
READ_ONLY = Demand(frozenset(), frozenset(), {}, None)


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """The definition that fitted last, and the claim that it fitted; None where the property is read only."""

    definition: PropertyDefinition
    claim: str | None


class Change(enum.Enum):
    VANISHED = "vanished"
    RETYPED = "retyped"
    GONE = "gone"
    RENAMED = "renamed"


@dataclasses.dataclass(frozen=True, slots=True)
class Misfit:
    """`value` is an option's; `before` and `after` are types, or the names of the option."""

    change: Change
    value: str = ""
    before: str = ""
    after: str = ""


def demands(rule_set: RuleSet) -> dict[str, Demand]:
    """By the name of the contact's property: everything that a rule or a person may write through us."""
    vocabulary = rule_set.vocabulary
    values: dict[str, set[str]] = {}
    claims: dict[str, set[str]] = {}

    def ask(name: str, claim: str, *wanted: str) -> None:
        values.setdefault(name, set()).update(wanted)
        claims.setdefault(name, set()).add(claim)

    said = f"vocabulary {vocabulary.version}"
    ask(vocabulary.property, said, *(one.value for one in vocabulary.statuses if one.group is not StatusGroup.OTHER))
    for name in (*vocabulary.reasons, *(reason for one in vocabulary.statuses for reason in one.reasons)):
        ask(name, said)
    owner = rule_set.words[CONTACTS].get("owner")
    if owner is not None and owner.property:
        ask(owner.property, "")
    for rule in rule_set.rules:
        claim = f"{rule.id} {rule.version}"
        for action in rule.sets:
            ask(action.property, claim, *([action.value] if isinstance(action.value, str) else ()))
        for one in rule.suggests:
            ask(one.property, claim, one.value)
        for name in rule.scored:
            ask(name, claim)
        if rule.score is not None and rule.score.rank is not None:
            ask(rule.score.rank.property, claim, *(option for option, _ in rule.score.rank.bands))
    names = {name: _names(rule_set, name) for name in values}
    return {
        name: Demand(
            frozenset(wanted),
            frozenset(wanted | names[name].keys()),
            names[name],
            hashlib.sha256("\n".join(sorted(claims[name])).encode()).hexdigest()[:16],
        )
        for name, wanted in values.items()
    }


def _names(rule_set: RuleSet, name: str) -> dict[str, frozenset[str]]:
    """What the vocabulary calls the options of a property."""
    vocabulary = rule_set.vocabulary
    if name == vocabulary.property:
        return {
            one.value: frozenset(normalised(text) for text in (one.label.ja, one.label.en, *one.aliases))
            for one in vocabulary.statuses
            if one.group is not StatusGroup.OTHER
        }
    words = vocabulary.reasons.get(name)
    if words is None:
        return {}
    return {value: frozenset((normalised(text.ja), normalised(text.en))) for value, text in words.options.items()}


def misfits(demand: Demand, known: Known | None, present: PropertyDefinition | None) -> tuple[Misfit, ...]:
    """Empty where it may be written. What has changed is accepted once the rules or the vocabulary were changed after
    it; what is not there is not.
    """
    if present is None:
        return () if known is None else (Misfit(Change.VANISHED),)
    accepted = known is None or known.claim != demand.claim
    before = known.definition if known is not None else present
    found: list[Misfit] = []
    if demand is READ_ONLY:
        return ()
    if not accepted and before.kind is not present.kind:
        found.append(Misfit(Change.RETYPED, before=_type(before), after=_type(present)))
    if present.kind not in _CHOSEN_FROM:
        return tuple(found)
    offered, was = _labels(present), _labels(before)
    for value in sorted(demand.named):
        if value not in offered:
            # Where no option is listed, as of yes and no, none can be missing.
            if value in was or (value in demand.needed and offered):
                found.append(Misfit(Change.GONE, value))
        elif value in was and not accepted and _renamed(demand, value, was[value], offered[value]):
            found.append(Misfit(Change.RENAMED, value, was[value], offered[value]))
    return tuple(found)


def _renamed(demand: Demand, value: str, before: str, after: str) -> bool:
    return before != after and normalised(after) not in demand.names.get(value, ())


def added(known: Known | None, present: PropertyDefinition) -> tuple[str, ...]:
    """Options that were not there before."""
    if known is None or not known.definition.options:
        return ()
    was = _labels(known.definition)
    return tuple(one.value for one in present.options if one.value not in was)


def restored(catalogue: Catalogue, known: Iterable[PropertyDefinition]) -> Catalogue:
    """The portal's properties with what was known of them and is gone: rules that name it can still be read."""
    found = {kind: {one.name: one for one in definitions} for kind, definitions in catalogue.items()}
    for one in known:
        of_kind = found.setdefault(one.object_type, {})
        present = of_kind.get(one.name)
        options = () if present is None else present.options
        lost = tuple(option for option in one.options if option not in options)
        of_kind[one.name] = dataclasses.replace(one, options=(*options, *lost))
    return {kind: tuple(definitions.values()) for kind, definitions in found.items()}


def sentences(name: str, found: Sequence[Misfit]) -> list[Text]:
    """What does not fit, one sentence each."""
    return [_sentence(name, one) for one in found]


def cause(name: str, found: Sequence[Misfit]) -> Text:
    """Why nothing is written to the property."""
    said = sentences(name, found[:_TOLD])
    more = len(found) - len(said)
    ja = "".join(one.ja for one in said) + (f"ほか{more}件あります。" if more else "")
    en = " ".join(one.en for one in said) + (f" {more} more." if more else "")
    return Text(
        f"{ja}合うようになるまで、この項目には書き込みません。", f"{en} Nothing is written to it until it fits again."
    )


def _sentence(name: str, one: Misfit) -> Text:
    match one.change:
        case Change.VANISHED:
            return Text(f"HubSpotに項目「{name}」がありません。", f"HubSpot has no property {name} any more.")
        case Change.RETYPED:
            return Text(
                f"HubSpotの項目「{name}」の型が「{one.before}」から「{one.after}」に変わりました。",
                f"HubSpot's property {name} is {one.after} now and was {one.before}.",
            )
        case Change.GONE:
            return Text(
                f"HubSpotの項目「{name}」に選択肢「{one.value}」がありません。",
                f"HubSpot's property {name} has no option {one.value}.",
            )
        case Change.RENAMED:
            return Text(
                f"HubSpotの項目「{name}」の選択肢「{one.value}」の名前が「{one.before}」から「{one.after}」に変わりました。",
                f"HubSpot's property {name} calls its option {one.value} “{one.after}” now and called it “{one.before}”.",
            )


def _labels(definition: PropertyDefinition) -> dict[str, str]:
    return {one.value: one.label for one in definition.options}


def _type(definition: PropertyDefinition) -> str:
    return f"{definition.type} ({definition.field_type})"
