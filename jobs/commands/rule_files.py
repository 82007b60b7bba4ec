"""The commands about rule files by themselves: their mistakes, their tests, their language."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jobs.database import is_there
from jobs.errors import JobError, RulesWrong, SettingsWrong
from jobs.output import DONE, IN_PART, WRONG_USE, Answer, rule_error_json
from jobs.rule_coverage import gaps
from jobs.rule_tests import Ran, run_tests
from jobs.wiring import Parts, in_use
from rules.json_schema import json_schema
from rules.load import LIBRARY, load
from rules.model import Loaded, RuleSet
from rules.reference import reference
from rules.words import Catalogue


def check(parts: Parts, paths: Sequence[Path]) -> Answer:
    """Every mistake of all files in one go, then their tests. Works without a database or a portal; with one, names
    are checked, too.
    """
    catalogue = _catalogue(parts)
    errors: list[dict[str, Any]] = []
    warnings: list[dict[str, Any]] = []
    number, ran = 0, list[Ran]()
    for loaded in _loaded(parts, paths, catalogue):
        errors += [rule_error_json(e) for e in loaded.errors]
        warnings += [rule_error_json(e) for e in loaded.warnings]
        number += len(loaded.rule_set.rules) if loaded.rule_set else 0
        ran += run_tests(loaded, catalogue)
    failed = [one.as_json() for one in ran if not one.passed]
    document = {
        "ok": not errors and not failed,
        "errors": errors,
        "warnings": warnings,
        "rules": number,
        "tests": {"passed": len(ran) - len(failed), "failed": len(failed)},
        "failures": failed,
        "folder": ", ".join(str(folder) for folder in _folders(parts, paths)),
    }
    return Answer(document, WRONG_USE if errors else IN_PART if failed else DONE)


def test(parts: Parts, paths: Sequence[Path], *, coverage: bool) -> Answer:
    """What each test came to. RulesWrong where the files have mistakes: nothing is run then."""
    catalogue = _catalogue(parts)
    found = _loaded(parts, paths, catalogue)
    errors = [error for loaded in found for error in loaded.errors]
    if errors:
        raise RulesWrong(errors)
    ran: list[Ran] = []
    uncovered: list[dict[str, Any]] = []
    for loaded in found:
        some = run_tests(loaded, catalogue, explain_all=coverage)
        if coverage and loaded.rule_set is not None:
            uncovered += gaps(loaded.rule_set, some)
        ran += some
    # The reasons were asked for by the coverage; to a reader they matter where a test failed.
    shown = [one if not one.passed else dataclasses.replace(one, reasons=()) for one in ran]
    passed = sum(one.passed for one in ran)
    document: dict[str, Any] = {
        "ok": passed == len(ran),
        "passed": passed,
        "failed": len(ran) - passed,
        "tests": [one.as_json() for one in shown],
    }
    if coverage:
        document["coverage"] = uncovered
    return Answer(document, DONE if document["ok"] else IN_PART)


def schema(parts: Parts) -> Answer:
    """A JSON Schema of the rule files for editors; with the portal's properties and options once it is mirrored."""
    catalogue = _catalogue(parts)
    return Answer(json_schema(_readable(parts, catalogue), catalogue, parts.fields))


def language(parts: Parts, spoken: str) -> Answer:
    """The reference of the rule language as a page."""
    if spoken not in {"ja", "en"}:
        raise SettingsWrong(f"--language {spoken}: use ja or en.")
    return Answer({"language": spoken, "markdown": reference(spoken, parts.fields)})


def _readable(parts: Parts, catalogue: Catalogue | None) -> RuleSet:
    """The files' own statuses and relations; the shipped ones while the files are broken."""
    own = load(parts.settings.rules_folder, catalogue, parts.fields).rule_set
    return own or in_use(load(LIBRARY, None, parts.fields))


def _folders(parts: Parts, paths: Sequence[Path]) -> list[Path]:
    return list(paths) or [parts.settings.rules_folder]


def _loaded(parts: Parts, paths: Sequence[Path], catalogue: Catalogue | None) -> list[Loaded]:
    folders = _folders(parts, paths)
    for folder in folders:
        if not folder.exists():
            raise SettingsWrong(f"{folder}: there is no such folder.")
    people = parts.known_people() if catalogue is not None else None
    return [load(folder, catalogue, parts.fields, people) for folder in folders]


def _catalogue(parts: Parts) -> Catalogue | None:
    """None where there is no database either: to look at files makes none."""
    if not is_there(parts.settings.database_url):
        return None
    try:
        return parts.catalogue()
    except JobError:
        return None
