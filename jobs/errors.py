"""What stops a command, by what the person at the terminal should do.

JobError
├── SettingsWrong    fix settings.toml, the environment or the command line (exit code 2)
├── RulesWrong       fix a rule file (exit code 2)
├── StoreUnusable    the database cannot be used: look at its address, its disk, its rights (exit code 1)
├── Busy             another process is at work on this portal: wait (exit code 1)
├── NothingMirrored  run `mimawari sync` first (exit code 1)
└── HalfMirrored     run `mimawari sync` to its end (exit code 1)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rules.model import RuleError


class JobError(Exception):
    """The command cannot go on."""

    exit_code = 1


class SettingsWrong(JobError):
    """The settings cannot be used."""

    exit_code = 2


class RulesWrong(JobError):
    """The rule files cannot be used."""

    exit_code = 2

    def __init__(self, errors: Sequence[RuleError]) -> None:
        super().__init__(f"{len(errors)} mistake(s) in the rule files. `mimawari rules check` lists them.")
        self.errors = errors


class StoreUnusable(JobError):
    """The database cannot be used."""


class Busy(JobError):
    """Another process works on this portal."""


class NothingMirrored(JobError):
    """No portal has been read into this database yet. Run `mimawari sync` first."""


class HalfMirrored(JobError):
    """The CRM has not been read to the end, or not with all that these rules need. Run `mimawari sync` first."""
