"""The command that looks for mistakes in the set-up: `doctor`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console

from jobs.checks.looking import failed, look
from jobs.checks.round_trip import Trial, round_trip
from jobs.checks.series import every_check
from jobs.errors import SettingsWrong
from jobs.output import DONE, IN_PART, WRONG_USE, Answer
from jobs.settings import Settings
from jobs.wiring import Parts
from slack_app.texts.catalogue import LANGUAGES, Catalogue, catalogue
from slack_app.texts.said import Said, in_plain
from slack_app.views import CheckLine


def doctor(load: Callable[[], Settings], language: str | None = None, trial: Trial | None = None) -> Answer:
    """Each check says what it found and, where it failed, what to do. A person reads the settings' language. With a
    `trial` somebody is asked to press a button.
    """
    if language not in {None, *LANGUAGES}:
        raise SettingsWrong(f"--language {language}: write ja or en.")
    try:
        settings = load()
        parts = Parts(settings)
    except SettingsWrong as error:
        return _answer([failed("settings", error)], language or "en", WRONG_USE)
    spoken = language or settings.file.service.language
    checks = every_check(parts)
    if trial is not None:
        checks.append(
            look("round trip", lambda: round_trip(parts, trial, _announcer(spoken), parts.patience.for_slack))
        )
    ok = all(check.ok for check in checks)
    return _answer(checks, spoken, DONE if ok else IN_PART)


def _announcer(language: str) -> Callable[[Said], None]:
    """On standard error: standard output is for the answer."""
    return lambda said: Console(stderr=True).print(in_plain(said, catalogue(language)), markup=False, soft_wrap=True)


def _answer(checks: Sequence[CheckLine], language: str, exit_code: int) -> Answer:
    lines = [_line(check) for check in checks]
    return Answer({"ok": all(check.ok for check in checks), "language": language, "checks": lines}, exit_code)


def _line(check: CheckLine) -> dict[str, Any]:
    en, ja = catalogue("en"), catalogue("ja")
    return {
        "name": check.name,
        "ok": check.ok,
        "message": in_plain(check.message, en),
        "message_ja": in_plain(check.message, ja),
        "remedy": _remedy(check.remedy, en),
        "remedy_ja": _remedy(check.remedy, ja),
    }


def _remedy(remedy: Said | None, say: Catalogue) -> str | None:
    return in_plain(remedy, say) if remedy is not None else None


def show_checks(console: Console, document: dict[str, Any]) -> None:
    language = document["language"]
    say, ending = catalogue(language), "_ja" if language == "ja" else ""
    for check in document["checks"]:
        remedy = check[f"remedy{ending}"]
        sign = "✗" if not check["ok"] else "!" if remedy else "✓"
        name = say.plain(f"doctor.name_{check['name'].replace(' ', '_')}")
        words = say.plain("doctor.line", sign=sign, name=name, message=check[f"message{ending}"])
        console.print(words, markup=False, style=None if check["ok"] else "red")
        if remedy:
            console.print(f"    → {remedy}", markup=False)
