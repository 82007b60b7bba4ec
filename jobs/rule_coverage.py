"""Which parts of the rules' conditions no test has seen true, or false."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from jobs.rule_tests import Ran
from rules.explain import Explained
from rules.model import RuleSet


def gaps(rule_set: RuleSet, ran: Sequence[Ran]) -> list[dict[str, Any]]:
    """In the order of the rule files. A rule that no test looks at is one gap, without its conditions."""
    looks: defaultdict[str, list[Sequence[Explained]]] = defaultdict(list)
    for one in ran:
        for reason in one.reasons:
            looks[reason.rule.id].append(reason.lines)
    return [gap for rule in rule_set.rules for gap in _of_rule(rule.id, looks[rule.id])]


def _of_rule(rule_id: str, looks: Sequence[Sequence[Explained]]) -> Iterator[dict[str, Any]]:
    if not looks:
        yield {"rule": rule_id, "text": None, "text_ja": None, "never": "tested"}
    for lines in zip(*looks, strict=True):
        seen = {line.held for line in lines}
        for truth, word in ((True, "true"), (False, "false")):
            if truth not in seen:
                yield {"rule": rule_id, "text": lines[0].text.en, "text_ja": lines[0].text.ja, "never": word}
