"""Both stand-ins and the program as processes beside them, for stories about what a person at a terminal sees."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jobs.cycle import run_cycle
from rules.load import LIBRARY
from tests.jobs.settings_builders import NOWHERE
from tests.journeys.program import Ended, Program, Run
from tests.journeys.stage import Stage, StandIns


@dataclasses.dataclass(frozen=True, slots=True)
class Site:
    """Both stand-ins, and the program as processes beside them."""

    stage: Stage
    stand_ins: StandIns
    program: Program

    def settings(self, text: str) -> None:
        (self.stage.folder / "settings.toml").write_text(text, encoding="utf-8")

    def own_rules(self) -> Path:
        """A copy of the shipped rule files that the settings point at."""
        shutil.copytree(LIBRARY, self.stage.folder / "ours", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        self.settings("[service]\nrules_folder = 'ours'\n")
        return self.stage.folder / "ours"

    def crm_fault(self, do: str, path: str = "", times: int = 1, **more: Any) -> None:
        self.stage.crm.control("faults", match={"path": path}, do=do, times=times, **more)

    def slack_fault(self, do: str, method: str = "", times: int = 1) -> None:
        answer = self.stand_ins.slack_control.post(
            "faults", json={"match": {"method": method}, "do": do, "times": times}
        )
        assert answer.status_code == 200, answer.text

    def run(self, *arguments: str, **changes: Any) -> Ended:
        """One command, whose words must be fit for people: no trace of code, no secret."""
        ended = self.program.run(*arguments, **changes)
        said = ended.out + ended.err
        assert "Traceback" not in said, said
        for name, secret in {**self.program.environment, **changes}.items():
            assert not (name.endswith(("TOKEN", "SECRET")) and secret and secret in said), f"{name} is shown"
        return ended

    def without_crm(self, *arguments: str, name: str) -> Run:
        url = f"sqlite:///{self.stage.folder / name}.db"
        return self.program.start(*arguments, "--json", HUBSPOT_BASE_URL=NOWHERE, MIMAWARI_DATABASE_URL=url)

    def copy_database(self, name: str) -> None:
        """With what still stands in the write-ahead log."""
        with contextlib.closing(sqlite3.connect(self.stage.folder / "mimawari.db")) as source:
            source.execute("VACUUM INTO ?", [str(self.stage.folder / f"{name}.db")])

    def ends(self) -> dict[str, Any]:
        """Everything that a round leaves behind where people see it."""
        return {
            "found": sorted(self.stage.found()),
            "listed": self.stage.members(),
            "told": Counter((one.to, one.text) for one in self.stage.messages()),
            "lists": self.stage.crm_lists(),
        }

    def round(self) -> bool:
        """A round in this process, where nothing waits for Slack's limits; True when nothing was left undone."""
        return run_cycle(self.stage.program).complete

    def recovers(self, undisturbed: dict[str, Any]) -> bool:
        """The fault is gone: whether the next round reaches the end that an undisturbed one reaches."""
        assert self.round()
        return self.ends() == undisturbed


@contextlib.contextmanager
def opened(stand_ins: StandIns, runs: str, folder: Path) -> Iterator[Site]:
    url = f"sqlite:///{folder / 'mimawari.db'}"
    stage = Stage(stand_ins, url, folder)
    stage.set(contacts=120, seed=1)
    stand_ins.slack_control.delete("faults")
    stage.crm.http.delete("/_control/faults")
    yield Site(stage, stand_ins, Program(runs, folder, stage.environment(url)))
    stage.close()
