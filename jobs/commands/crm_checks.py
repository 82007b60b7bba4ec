"""What `doctor` says of our standing with the CRM: permissions, the day's calls, and the version they are made in."""

from __future__ import annotations

from connector.day_use import Strain
from connector.lanes import Lane
from connector.scopes import resting
from connector.versions import UNDATED
from jobs.drift import compare_live
from jobs.errors import JobError
from jobs.pace import in_words
from jobs.permissions import missing
from jobs.wiring import Parts
from rules.drift import sentences


class CallsShort(JobError):
    """See in HubSpot which apps use most calls (Settings, Integrations), or let fewer rounds be made. Nothing is lost: what waits is read tomorrow."""


class ScopesMissing(JobError):
    """Add the permissions to the scopes of the app or service key in HubSpot (Settings, Integrations). What rests resumes by itself, at the latest half an hour later."""


_LEFT_OUT = {
    Strain.TIGHT: "sweeps for links that changed alone rest until midnight",
    Strain.SHORT: "sweeps rest and every fourth round reads until midnight",
    Strain.OUT: "nothing is read until midnight; what people do in Slack is still written",
}


def calls(parts: Parts) -> str:
    """The day's use and where it leads. CallsShort where something is left out for it."""
    limits = parts.limits()
    closed = limits.closed()
    if closed is not None:
        raise CallsShort(f"HubSpot refuses all calls ({closed.why}); the next is made in {round(closed.seconds)} s")
    use = limits.day()
    ours = ", ".join(f"{use.calls[lane]:,} for {name}" for lane, name in _FOR_WHOM.items())
    forecast = "" if use.granted is None else f", about {use.forecast:,} by midnight"
    message = f"{in_words(use)}{forecast}; ours: {ours}"
    if use.strain in _LEFT_OUT:
        raise CallsShort(f"{message}. {_LEFT_OUT[use.strain]}")
    return message


def api_version(parts: Parts) -> str:
    versions = parts.versions()
    if versions.preferred == UNDATED:
        return "v3 and v4, as settings.toml says; HubSpot switches them off in September 2027"
    old = ", ".join(sorted(versions.fallen_back()))
    return f"{versions.preferred}; in v3 or v4, where it lacks them: {old}" if old else versions.preferred


class CrmSilent(JobError):
    """Mend the check `crm` first."""


def scopes(parts: Parts, *, crm_answers: bool) -> str:
    if not crm_answers:
        raise CrmSilent("the CRM cannot be asked what the token may do")
    found = missing(parts)
    refused = resting(parts.missing_scopes()) if found is None else found
    if refused:
        raise ScopesMissing("; ".join(str(one) for one in refused))
    if found is None:
        return "HubSpot does not say what this kind of token may do; a missing permission shows with the first call"
    return "the token may do all that is needed"


class VocabularyDrifted(JobError):
    """Put it back in HubSpot's property settings, or say in the rule files (for the status: vocabulary.yaml) what it is now."""


def vocabulary(parts: Parts, *, crm_answers: bool) -> str:
    """The portal must have what rules and people write; asked of the CRM itself. New options are named, but stop nothing."""
    if not crm_answers:
        raise CrmSilent("the CRM cannot be asked which properties and options it has")
    found = compare_live(parts)
    if drifted := [text.en for one in found for text in sentences(one.name, one.misfits)]:
        raise VocabularyDrifted(" ".join(drifted))
    new = "; ".join(f"{one.name} has new options: {', '.join(one.added)}" for one in found if one.added)
    statuses = len(parts.rules().vocabulary.statuses)
    return f"what is written exists in the CRM, {statuses} lead statuses among it{f'; {new}' if new else ''}"


_FOR_WHOM = {Lane.PERSON: "people", Lane.CYCLE: "rounds", Lane.SWEEP: "sweeps"}
