"""Whether a person may take a contact from one lead status to another, by the table and the guards in the vocabulary."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Collection, Sequence

from rules.model import StatusGroup, Vocabulary
from rules.step_guard import Guard, Step

TELEMARKETING = "Telemarketing"


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is the key of a text: `step_refused` (nobody may), `role_refused` (only `roles` may) or `guard_refused`
    (the contact is not as the messages of `guards` say).

    `needs_override_reason`: this person may do it after all, by giving a reason.
    """

    allowed: bool
    reason: str | None = None
    roles: tuple[str, ...] = ()
    needs_override_reason: bool = False
    guards: tuple[Guard, ...] = ()


ALLOWED = Verdict(allowed=True)


def judge(
    vocabulary: Vocabulary,
    present: str | None,
    wanted: str | None,
    roles: Collection[str],
    owner_roles: Collection[str],
    override_reason: str | None = None,
    unmet: Sequence[Guard] = (),
) -> Verdict:
    """`roles` are the person's, `owner_roles` those of the contact's owner. The same status again is no step.

    `unmet` are the guards before this step that the contact does not fulfil: `jobs.step_guards.unmet_guards` tells them,
    given the status and the reasons that the person has chosen. Without them the table alone is judged, which is right
    for a person who has only just been asked. Whoever says in words why it is right all the same may pass
    (`override_reason`): what the CRM has no record of may have happened.
    """
    target = vocabulary.status(wanted)
    if target is None or target.group is StatusGroup.OTHER:
        return Verdict(allowed=False, reason="step_refused")
    able = vocabulary.steps.get((meaningful(vocabulary, present), target.value))
    if able is None:
        is_admin = "Ops" in roles and wanted != present
        if is_admin and override_reason:
            return ALLOWED
        return Verdict(allowed=False, reason="step_refused", needs_override_reason=is_admin)
    if "Manager" in roles or "Ops" in roles or any(_may(role, able, owner_roles) for role in roles):
        return ALLOWED if not unmet or override_reason else _held_back(unmet)
    return Verdict(allowed=False, reason="role_refused", roles=tuple(sorted(able)))


def _held_back(unmet: Sequence[Guard]) -> Verdict:
    return Verdict(allowed=False, reason="guard_refused", needs_override_reason=True, guards=tuple(unmet))


def covered_with(vocabulary: Vocabulary, present: str | None, wanted: str) -> tuple[str, ...]:
    """The statuses of other contacts at the company that this step may be taken for, too; none for most steps."""
    return vocabulary.company_wide.get((meaningful(vocabulary, present), wanted), ())


def steps_covering(vocabulary: Vocabulary, present: str | None, wanted: str | None) -> list[Step]:
    """The other way round: the steps with which a contact of this status may be taken along."""
    return [step for step, covered in vocabulary.company_wide.items() if step[1] == wanted and present in covered]


def meaningful(vocabulary: Vocabulary, present: str | None) -> str | None:
    """As "from", values without a meaning here read like blank."""
    status = vocabulary.status(present)
    return None if status is None or status.group is StatusGroup.OTHER else status.value


def _may(role: str, able: Collection[str], owner_roles: Collection[str]) -> bool:
    return role in able and (role != TELEMARKETING or TELEMARKETING in owner_roles)


def read_status(vocabulary: Vocabulary, words: str) -> str | None:
    """The internal value for a value, label or alias as people type it; None where it is none of these."""
    typed = _comparable(words)
    for status in vocabulary.statuses:
        if typed in {_comparable(name) for name in (status.value, status.label.ja, status.label.en, *status.aliases)}:
            return status.value
    return None


def _comparable(words: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", words).casefold().replace("_", " ").split())
