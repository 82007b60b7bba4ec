"""A cycle, a write-back or an undo that dies at any moment: the next run ends where an undisturbed one would have."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

import rules
from tests.journeys.processes import Left, Length, left_behind, run_and_kill, run_to_the_end
from tests.journeys.stage import Stage, StandIns, people_of

CONTACTS = 100
# Without these two, few enough are left that Slack is asked about all of them without a pause.
GONE = (people_of("FS")[-1], people_of("IS")[-1])
MOMENTS = 20

# Besides the lists, the plan shall have values to write.
RANKS = """
format: 1
rules:
  rank-of-open-deals:
    title: {en: Rank of open deals}
    for_each: contact
    when:
      - lead_status: [OPEN_DEAL, NEW]
    limit: 1000
    then:
      - set: {lead_rank: HOT}
"""


def moments(in_every_check: Collection[int]) -> pytest.MarkDecorator:
    """Spread over the whole run: the even ones over its seconds, the odd ones over its calls to CRM and Slack."""
    late = [() if number in in_every_check else pytest.mark.soak for number in range(MOMENTS)]
    every = [pytest.param(number, id=f"moment-{number}", marks=late[number]) for number in range(MOMENTS)]
    return pytest.mark.parametrize("moment", every)


def killed(stage: Stage, runs: str, *words: str, length: Length, moment: int) -> None:
    share = (moment + random.Random(moment).random()) / MOMENTS
    run_and_kill(stage, runs, *words, length=length, share=share, by_calls=moment % 2 == 1)


# What an undisturbed run leaves, and how long it is.
Undisturbed = tuple[Left, Length]
Story = Callable[[Stage, str], Length]


def begin(stage: Stage) -> None:
    stage.set(CONTACTS, seed=1)
    for owner in GONE:
        stage.crm.control("owners", id=owner, archived=True)
    library = stage.folder / "rules" / "library"
    shutil.copytree(Path(rules.__file__).parent / "library", library)
    (library / "ranks.yaml").write_text(RANKS, encoding="utf-8")


def cycle_alone(stage: Stage, runs: str) -> Length:
    begin(stage)
    return run_to_the_end(stage, runs, "cycle")


def apply_alone(stage: Stage, runs: str) -> Length:
    begin(stage)
    stage.make_round()
    return run_to_the_end(stage, runs, "apply", "--yes")


def undo_alone(stage: Stage, runs: str) -> Length:
    begin(stage)
    stage.make_round()
    stage.apply_plan()
    return run_to_the_end(stage, runs, "undo", "plan", "1", "--yes")


@pytest.fixture(scope="session")
def undisturbed(
    stand_ins: StandIns, runs: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Story], Undisturbed]:
    """Told once for each story, and on SQLite: the databases must not differ in what comes of it."""
    known: dict[Story, Undisturbed] = {}

    def tell(story: Story) -> Undisturbed:
        if story not in known:
            folder = tmp_path_factory.mktemp("undisturbed")
            stage = Stage(stand_ins, f"sqlite:///{folder / 'mimawari.db'}", folder)
            length = story(stage, runs)
            known[story] = left_behind(stage), length
            stage.close()
        return known[story]

    return tell


Tell = Callable[[Story], Undisturbed]


@moments(in_every_check={14})
def test_a_killed_cycle_is_made_good_by_the_next(undisturbed: Tell, stage: Stage, runs: str, moment: int) -> None:
    expected, length = undisturbed(cycle_alone)
    begin(stage)
    killed(stage, runs, "cycle", length=length, moment=moment)
    run_to_the_end(stage, runs, "cycle")
    assert left_behind(stage) == expected
    assert stage.make_round()["messages"] == {"posted": 0, "updated": 0, "held": 0, "failed": 0}


@moments(in_every_check=())
def test_a_killed_write_back_is_made_good_by_the_next(undisturbed: Tell, stage: Stage, runs: str, moment: int) -> None:
    expected, length = undisturbed(apply_alone)
    begin(stage)
    stage.make_round()
    killed(stage, runs, "apply", "--yes", length=length, moment=moment)
    run_to_the_end(stage, runs, "apply", "--yes")
    assert left_behind(stage) == expected
    assert stage.make_round()["plan"]["lines"] == 0


@moments(in_every_check=())
def test_a_killed_undo_is_made_good_by_the_next(undisturbed: Tell, stage: Stage, runs: str, moment: int) -> None:
    expected, length = undisturbed(undo_alone)
    begin(stage)
    stage.make_round()
    stage.apply_plan()
    killed(stage, runs, "undo", "plan", "1", "--yes", length=length, moment=moment)
    run_to_the_end(stage, runs, "undo", "plan", "1", "--yes")
    assert left_behind(stage) == expected
    assert stage.make_round()["plan"]["lines"] == 0


@pytest.mark.soak
def test_an_undisturbed_run_leaves_something_to_compare(undisturbed: Tell) -> None:
    cycle, _ = undisturbed(cycle_alone)
    assert len(cycle.findings) > 20
    assert len(cycle.messages) > 5
    applied, _ = undisturbed(apply_alone)
    assert len(applied.crm_lists) > 5
    assert any(values.get("lead_rank") == "HOT" for values, _ in applied.contacts.values())
    undone, _ = undisturbed(undo_alone)
    assert undone.crm_lists == {}
    assert not any(values.get("lead_rank") == "HOT" for values, _ in undone.contacts.values())
