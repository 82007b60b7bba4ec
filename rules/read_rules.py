"""Reading `rules`: from drafts that know nothing of one another to rules that do."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence

from connector.records import CONTACTS
from rules import shapes
from rules.conditions import Cited, Comparison, Condition, Not, OfRecords, grouped_part, walk
from rules.drafts import SCORE, Draft, Family
from rules.implication import conjoined
from rules.model import Rule, ScoreAction
from rules.read_actions import Actions, Occasion, read_actions
from rules.read_conditions import EVERYTHING
from rules.read_conduct import read_channel, read_limit, read_mode, read_respect, read_responsible, read_wait
from rules.read_writes import read_score
from rules.reading import Reading
from rules.yaml_nodes import ListNode


def read_rules(families: Mapping[str, Family], terms: object, reading: Reading) -> tuple[Rule, ...]:
    """`terms` is what named relations and scores are made of; it counts for the version of every rule that uses one."""
    book = _Book(families, reading)
    _check_former_ids(book)
    return tuple(_rule(draft, book, terms) for family in families.values() for draft in family.drafts)


@dataclasses.dataclass(frozen=True, slots=True)
class _Book:
    """Every rule of the files by its id; those of one table under one name."""

    families: Mapping[str, Family]
    reading: Reading

    def condition(self, draft: Draft, asked_by: tuple[str, ...] = ()) -> Condition:
        """`when`, and that none of the rules under `unless` holds."""
        if draft.id in asked_by:
            self.reading.mistakes.add(draft.entry.place, "rule_circle", word=draft.entry.key)
            return EVERYTHING
        unless = [
            Not(Cited(one.id, one.cited_as, self.condition(one, (*asked_by, draft.id))))
            for one in self.named(draft, "unless")
        ]
        return conjoined(draft.when, *unless) if unless else draft.when

    def named(self, draft: Draft, key: str) -> list[Draft]:
        """The rules that a key such as `unless` names, a table's rows one by one; unknown ones are reported."""
        if key not in draft.found:
            return []
        found: list[Draft] = []
        for node in shapes.texts(draft.found[key], self.reading.mistakes):
            family = self.families.get(node.text.partition("/")[0])
            meant = [one for one in family.drafts if node.text in {one.id, one.entry.key}] if family else []
            if not meant and (family is None or family.entry.key != node.text):
                self.reading.mistakes.add(node.place, "unknown_rule", near=self.names, word=node.text)
            found += meant
        return found

    @property
    def names(self) -> list[str]:
        rows = (draft.id for family in self.families.values() for draft in family.drafts)
        return [*dict.fromkeys([*self.families, *rows])]


def _check_former_ids(book: _Book) -> None:
    """An id that a rule had is nobody's now, and was that of one rule only."""
    taken = {draft.id: draft.id for family in book.families.values() for draft in family.drafts}
    for family in book.families.values():
        for draft in family.drafts:
            for former in draft.was:
                if former in taken:
                    place = draft.found["was"].place if "was" in draft.found else draft.place
                    book.reading.mistakes.add(place, "was_taken", word=former, other=taken[former])
                taken[former] = draft.id


def _rule(draft: Draft, book: _Book, terms: object) -> Rule:
    reading, found = book.reading, draft.found
    held_by = book.named(draft, "hold")
    when = book.condition(draft)
    counted = reading.counted_by(draft.entry.place.file, found.get("calendar"))
    actions = _actions(draft, Occasion(when, draft.title, tuple(one.id for one in held_by), draft.to), counted)
    score = read_score(found[SCORE], counted) if SCORE in found else None
    if grouped_part(when) is not None and not actions.lists:
        reading.mistakes.add(found["when"].place if "when" in found else draft.place, "per_not_listed")
    return Rule(
        id=draft.id,
        code=shapes.text(found["code"], reading.mistakes) if "code" in found else None,
        title=draft.title,
        object_type=CONTACTS,
        when=when,
        mode=read_mode(
            found, writes=bool(actions.sets or actions.lists or actions.creations or score), reading=reading
        ),
        limit=read_limit(found, reading),
        finding=actions.finding,
        remind=actions.remind or actions.offered,
        lists=tuple(actions.lists),
        sets=tuple(actions.sets),
        suggests=tuple(actions.suggests),
        creations=tuple(actions.creations),
        version=_version(draft, when, held_by, score, book, terms),
        file=draft.place.file,
        line=draft.place.line,
        respect_edits=read_respect(found, reading),
        channel=read_channel(found, reading),
        score=score,
        wait=read_wait(found, actions, reading),
        quiet_if=tuple(one.id for one in book.named(draft, "quiet_if")),
        was=draft.was,
        owner=read_responsible(found, reading),
    )


def _actions(draft: Draft, occasion: Occasion, reading: Reading) -> Actions:
    actions = Actions()
    for then in draft.thens:
        # What was not understood has been reported already.
        if isinstance(then.value, ListNode) and not then.value.items:
            reading.mistakes.add(draft.entry.place, "no_action", word=draft.entry.key)
        read_actions(actions, then, occasion, reading)
    return actions


def _version(
    draft: Draft, when: Condition, held_by: Sequence[Draft], score: ScoreAction | None, book: _Book, terms: object
) -> str:
    asked = [when, *(point.when for point in (score.points.items if score else ()))]
    parts = [part for condition in asked for part in walk(condition)]
    mentioned = {part.rule_id for part in parts if isinstance(part, Cited)} | {one.id for one in held_by}
    others = [one.text for family in book.families.values() for one in family.drafts if one.id in mentioned]
    content = json.dumps(
        [[draft.text, *others], terms if any(map(_is_of_terms, parts)) else None], ensure_ascii=False, sort_keys=True
    )
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _is_of_terms(part: Condition) -> bool:
    """Whether it speaks of what is defined beside the rules."""
    scored = isinstance(part, Comparison) and part.word.points is not None
    return scored or isinstance(part, OfRecords)
