"""How one look at the set-up becomes a line: what it found, or what went wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from connector.errors import AccessRefused, CrmAnswerBroken, CrmError, CrmUnavailable
from jobs.errors import HalfMirrored, JobError, NothingMirrored, RulesWrong, SettingsWrong, StoreUnusable
from slack_app.errors import DeliveryUnknown, SlackDisconnected, SlackError, SlackRefused, SlackUnavailable
from slack_app.texts.said import Said
from slack_app.views import CheckLine


class Wrong(Exception):
    """A look that found something wrong, with its remedy."""

    def __init__(self, message: Said, remedy: str) -> None:
        super().__init__(message.key)
        self.message = message
        self.remedy = Said(remedy)


class Advice(Exception):
    """A look that found what works and could do better."""

    def __init__(self, message: Said, remedy: str) -> None:
        super().__init__(message.key)
        self.message = message
        self.remedy = Said(remedy)


_REMEDIES: Mapping[type[Exception], str] = {
    SettingsWrong: "doctor.remedy_settings",
    StoreUnusable: "doctor.remedy_store",
    RulesWrong: "doctor.remedy_rules",
    NothingMirrored: "doctor.remedy_sync",
    HalfMirrored: "doctor.remedy_sync",
    AccessRefused: "doctor.remedy_crm_token",
    CrmUnavailable: "doctor.remedy_crm_away",
    CrmAnswerBroken: "doctor.remedy_crm_answer",
    SlackDisconnected: "doctor.remedy_slack_token",
    SlackRefused: "doctor.remedy_slack_refused",
    SlackUnavailable: "doctor.remedy_slack_away",
    DeliveryUnknown: "doctor.remedy_slack_away",
}
_KINDS: Mapping[type[Exception], str] = {
    SettingsWrong: "doctor.error_settings",
    StoreUnusable: "doctor.error_store",
    CrmError: "doctor.error_crm",
    SlackError: "doctor.error_slack",
}


def look(name: str, at: Callable[[], Said]) -> CheckLine:
    try:
        return CheckLine(name, True, at())
    except Advice as advice:
        return CheckLine(name, True, advice.message, advice.remedy)
    except Wrong as wrong:
        return CheckLine(name, False, wrong.message, wrong.remedy)
    except (JobError, CrmError, SlackError) as error:
        return failed(name, error)


def failed(name: str, error: Exception) -> CheckLine:
    """The words of an error are English; what it means and what to do is said in both languages."""
    kind = next((key for one, key in _KINDS.items() if isinstance(error, one)), "doctor.error")
    remedy = _REMEDIES.get(type(error), "doctor.remedy_other")
    return CheckLine(name, False, Said(kind, {"words": str(error)}), Said(remedy))
