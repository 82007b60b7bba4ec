"""Our standing with the CRM: permissions, the day's calls, the version they are made in, whether it still has what is written."""

from __future__ import annotations

from connector.day_use import Strain
from connector.lanes import Lane
from connector.scopes import Lacking, resting
from connector.versions import UNDATED
from jobs.checks.looking import Wrong
from jobs.drift import compare_live
from jobs.permissions import missing
from jobs.wiring import Parts
from rules.drift import sentences
from rules.text import Text
from slack_app.texts.said import Said

_LEFT_OUT = {
    Strain.TIGHT: "doctor.calls_tight",
    Strain.SHORT: "doctor.calls_short",
    Strain.OUT: "doctor.calls_out",
}


def answers(parts: Parts) -> Said:
    portal = parts.gateway().portal()
    return Said("doctor.crm", {"portal": portal.id, "zone": portal.time_zone})


def scopes(parts: Parts, *, crm_answers: bool) -> Said:
    _refuse_silence(crm_answers)
    found = missing(parts)
    refused = resting(parts.missing_scopes()) if found is None else found
    if refused:
        lacking = tuple(_lacking(one) for one in refused)
        raise Wrong(Said("doctor.scopes_wrong", {"lacking": lacking}), "doctor.scopes_remedy")
    return Said("doctor.scopes" if found is not None else "doctor.scopes_unknown")


def _lacking(one: Lacking) -> Said:
    return Said("doctor.lacking", {"scopes": one.scopes, "rests": Said(f"doctor.rests_{one.work.name.lower()}")})


def calls(parts: Parts) -> Said:
    """The day's use and where it leads. Wrong where something is left out for it."""
    limits = parts.limits()
    closed = limits.closed()
    if closed is not None:
        values = {"why": closed.why, "seconds": round(closed.seconds)}
        raise Wrong(Said("doctor.calls_closed", values), "doctor.calls_remedy")
    use = limits.day()
    ours = {lane: f"{use.calls[lane]:,}" for lane in Lane}
    shares = {"person": ours[Lane.PERSON], "cycle": ours[Lane.CYCLE], "sweep": ours[Lane.SWEEP]}
    if use.granted is None:
        return Said("doctor.calls_unknown", {"ours": f"{use.ours:,}", **shares})
    account = {"spent": f"{use.spent:,}", "granted": f"{use.granted:,}", "forecast": f"{use.forecast:,}"}
    said = Said("doctor.calls", {**account, **shares})
    if use.strain in _LEFT_OUT:
        raise Wrong(Said(_LEFT_OUT[use.strain], {"use": said}), "doctor.calls_remedy")
    return said


def api_version(parts: Parts) -> Said:
    versions = parts.versions()
    if versions.preferred == UNDATED:
        return Said("doctor.api_version_old")
    old = tuple(sorted(versions.fallen_back()))
    if old:
        return Said("doctor.api_version_mixed", {"version": versions.preferred, "old": old})
    return Said("doctor.api_version", {"version": versions.preferred})


def vocabulary(parts: Parts, *, crm_answers: bool) -> Said:
    """The portal must have what rules and people write; asked of the CRM itself. New options are named, but stop nothing."""
    _refuse_silence(crm_answers)
    found = compare_live(parts)
    if drifted := [text for one in found for text in sentences(one.name, one.misfits)]:
        said = Text("".join(one.ja for one in drifted), " ".join(one.en for one in drifted))
        raise Wrong(Said("doctor.vocabulary_wrong", {"drifted": said}), "doctor.vocabulary_remedy")
    count = {"count": len(parts.rules().vocabulary.statuses)}
    new = tuple(
        Said("doctor.vocabulary_added", {"property": one.name, "options": one.added}) for one in found if one.added
    )
    return Said("doctor.vocabulary_new", {**count, "new": new}) if new else Said("doctor.vocabulary", count)


def _refuse_silence(crm_answers: bool) -> None:
    if not crm_answers:
        raise Wrong(Said("doctor.crm_silent"), "doctor.crm_silent_remedy")
