"""What people see when something is wrong, and that nothing is lost by it.

Each fault ends with a sentence that says what, where and what to do; when it is gone, the next round reaches the same
end as one that was never disturbed.
"""

from __future__ import annotations

import contextlib
import json
import signal
from typing import Any

import pytest

from slack_app.manifest import SCOPES
from tests.jobs.settings_builders import NOWHERE
from tests.journeys.program import Ended
from tests.journeys.site import Site, opened
from tests.journeys.stage import StandIns, people_of, soon

# Messages through every fault are sent in the storms of `test_messages_in_a_storm.py` as well.
IN_SOAK = pytest.mark.soak
COMMANDS = [
    ("sync",),
    ("cycle",),
    ("findings",),
    ("lists",),
    ("plan",),
    ("apply", "--yes"),
    ("explain", "contacts", "1"),
    ("audit",),
    ("doctor",),
    ("rules", "check"),
    ("serve", "--port", "0"),
]


@pytest.fixture(scope="session")
def undisturbed(stand_ins: StandIns, runs: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with opened(stand_ins, runs, tmp_path_factory.mktemp("undisturbed")) as site:
        assert site.round()
        return site.ends()


def test_a_wrong_crm_token_is_named(site: Site, undisturbed: dict[str, Any]) -> None:
    ended = site.run("cycle", "--json", HUBSPOT_ACCESS_TOKEN="a-mistyped-token")
    assert ended.exit_code == 1
    assert "Check HUBSPOT_ACCESS_TOKEN" in ended.document["error"]
    assert "Check HUBSPOT_ACCESS_TOKEN" in ended.err
    assert site.recovers(undisturbed)


def test_a_missing_permission_is_named(site: Site) -> None:
    site.crm_fault("403", times=5)
    ended = site.run("cycle", "--json")
    assert ended.exit_code == 1
    assert "crm.objects.contacts.read" in ended.document["error"]
    assert "Add it to the app's scopes in HubSpot" in ended.document["error"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"HUBSPOT_ACCESS_TOKEN": ""}, "HUBSPOT_ACCESS_TOKEN is not set"),
        ({"MIMAWARI_NOW": "2026-11-24T09:30:00"}, "MIMAWARI_NOW: '2026-11-24T09:30:00' has no time zone"),
        ({"MIMAWARI_NOW": f"{NOWHERE}/_control/clock"}, f"no clock answers at {NOWHERE}/_control/clock"),
        ({"MIMAWARI_SETTINGS": "elsewhere.toml"}, "elsewhere.toml: there is no such file"),
        ({"MIMAWARI_DATABASE_URL": "mimawari.db"}, "MIMAWARI_DATABASE_URL is no database address"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(site: Site, changes: dict[str, str], words: str) -> None:
    ended = site.run("cycle", "--json", **changes)
    assert ended.exit_code == 2
    assert words in ended.document["error"]
    assert site.stage.messages() == []


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_says_which_setting_is_unknown(site: Site, command: tuple[str, ...]) -> None:
    site.settings("[service]\nlanguag = 'en'\n")
    ended = site.run(*command, "--json")
    assert ended.exit_code == 2
    assert ended.document["ok"] is False
    assert "settings.toml: [service] languag: there is no such setting. Did you mean language?" in str(ended.document)


def test_without_json_the_sentence_stands_alone_on_standard_error(site: Site) -> None:
    site.settings("[service]\nlanguag = 'en'\n")
    ended = site.run("cycle")
    assert (ended.exit_code, ended.out) == (2, "")
    assert "Did you mean language?" in ended.err


def test_wrong_words_on_the_command_line_are_an_error_of_use(site: Site) -> None:
    ended = site.run("cycle", "--jsn")
    assert ended.exit_code == 2
    assert "--jsn" in ended.err


@pytest.fixture
def crm_away(site: Site) -> dict[str, Ended]:
    """What each command says while nobody answers at the CRM's address. They wait for it side by side."""
    with contextlib.ExitStack() as stack:
        assert site.run("sync", "--json").exit_code == 0
        for name in ("later", "serve"):
            site.copy_database(name)
        commands = {"first": ["cycle"], "sync": ["sync"], "doctor": ["doctor"], "later": ["cycle"]}
        waiting = {name: site.without_crm(*command, name=name) for name, command in commands.items()}
        serving = site.without_crm("serve", "--port", "0", name="serve")
        for run in (*waiting.values(), serving):
            stack.callback(run.close)
        site.stage.connect(json.loads(soon(lambda: serving.out))["url"])
        site.stage.types(people_of("FS")[0], "help")
        soon(lambda: site.stage.told_privately(people_of("FS")[0]))
        serving.send(signal.SIGTERM)
        return {name: run.wait() for name, run in {**waiting, "serve": serving}.items()}


def test_a_crm_that_is_down_stops_what_needs_it_and_nothing_else(crm_away: dict[str, Ended]) -> None:
    for name in ("first", "sync"):
        assert crm_away[name].exit_code == 1
        assert "Nothing was lost; the next run continues here." in crm_away[name].document["error"]
    failed = failed_checks(crm_away["doctor"])
    assert "HUBSPOT_BASE_URL" in failed["crm"]["remedy"]
    assert "Mend the check `crm` first." in failed["vocabulary"]["remedy"]
    later, served = crm_away["later"], crm_away["serve"]
    assert [problem["step"] for problem in later.document["problems"]] == ["sync"]
    assert (later.exit_code, later.document["messages"]["failed"]) == (1, 0)
    assert (served.exit_code, served.document["ready"]) == (0, True)
    assert len([line for line in served.err.splitlines() if "round failed" in line]) == 1
    assert "Traceback" not in "".join(ended.err for ended in crm_away.values())


def test_a_page_instead_of_an_answer_is_not_taken_for_one(site: Site, undisturbed: dict[str, Any]) -> None:
    site.crm_fault("html_200", times=3)
    ended = site.run("cycle", "--json")
    assert ended.exit_code == 1
    assert "check that HUBSPOT_BASE_URL points at the API itself" in ended.document["error"]
    assert site.recovers(undisturbed)


@pytest.mark.parametrize(
    "fault", ["502_html", *(pytest.param(one, marks=IN_SOAK) for one in ("drop_after", "truncate"))]
)
def test_a_crm_that_stumbles_is_asked_again(site: Site, undisturbed: dict[str, Any], fault: str) -> None:
    site.crm_fault(fault, times=3)
    assert site.recovers(undisturbed)


@pytest.mark.parametrize("fault", ["drop_after", pytest.param("502_html", marks=IN_SOAK)])
def test_a_write_that_stumbles_is_written_once(site: Site, fault: str) -> None:
    site.stage.make_first_round()
    site.crm_fault(fault, path="/crm/v3/lists*")
    ended = site.run("apply", "--yes", "--json")
    assert (ended.exit_code, ended.document["failed"]) == (0, 0)
    assert site.stage.crm_lists() == {name: set(ids) for name, ids in site.stage.truth()["lists"].items()}
    assert site.stage.make_round()["plan"]["lines"] == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SLACK_BASE_URL": f"{NOWHERE}/api/"}, "Slack cannot be reached"),
        ({"SLACK_BOT_TOKEN": "xoxb-mistyped"}, "Check SLACK_BOT_TOKEN"),
    ],
)
def test_slack_away_stops_the_messages_only(
    site: Site, undisturbed: dict[str, Any], changes: dict[str, str], words: str
) -> None:
    ended = site.run("cycle", "--json", **changes)
    assert ended.exit_code == 1
    assert ended.document["findings"]["opened"] == len(undisturbed["found"])
    (problem,) = ended.document["problems"]
    assert problem["step"] == "messages"
    assert words in problem["message"]
    assert site.stage.messages() == []
    assert site.recovers(undisturbed)


@pytest.mark.parametrize(
    "fault",
    ["drop_after", "429", *(pytest.param(one, marks=IN_SOAK) for one in ("drop_before", "truncate", "error_after"))],
)
def test_messages_whose_answer_is_lost_come_once(site: Site, undisturbed: dict[str, Any], fault: str) -> None:
    site.slack_fault(fault, method="chat.postMessage", times=2)
    site.round()
    soon(site.round)
    assert site.ends() == undisturbed


def test_a_full_disk_is_said_to_be_full_and_loses_nothing(site: Site, undisturbed: dict[str, Any]) -> None:
    ended = site.run("cycle", "--json", largest_file=150_000)
    assert ended.exit_code == 1
    assert "disk" in ended.document["error"]
    assert site.recovers(undisturbed)


@IN_SOAK
def test_a_disk_that_fills_up_between_two_rounds_loses_nothing(site: Site, undisturbed: dict[str, Any]) -> None:
    site.run("sync", "--json")
    size = (site.stage.folder / "mimawari.db").stat().st_size
    ended = site.run("cycle", "--json", largest_file=size)
    assert ended.exit_code == 1
    assert "disk" in ended.document["error"]
    assert site.recovers(undisturbed)


def test_a_broken_rule_file_is_named_with_its_place_and_remedy(site: Site, undisturbed: dict[str, Any]) -> None:
    path = site.own_rules() / "hygiene.yaml"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("severity:", "severty:", 1), encoding="utf-8")
    ended = site.run("cycle", "--json")
    assert ended.exit_code == 2
    (mistake,) = ended.document["errors"]
    line = good[: good.index("severity:")].count("\n") + 1
    assert (mistake["file"], mistake["line"]) == ("hygiene.yaml", line)
    assert "severty" in mistake["message"]
    assert "severity" in mistake["hint"]
    assert f"hygiene.yaml:{line}:" in ended.err
    path.write_text(good, encoding="utf-8")
    assert site.recovers(undisturbed)


def test_rules_check_lists_every_mistake_of_every_file(site: Site) -> None:
    folder = site.own_rules()
    for name, (right, wrong) in {"hygiene.yaml": ("severity:", "severty:"), "fs-leak.yaml": ("when:", "wen:")}.items():
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace(right, wrong, 2), encoding="utf-8")
    ended = site.run("rules", "check", "--json")
    assert (ended.exit_code, ended.document["ok"]) == (2, False)
    assert {mistake["file"] for mistake in ended.document["errors"]} == {"hygiene.yaml", "fs-leak.yaml"}
    assert len({(mistake["file"], mistake["line"]) for mistake in ended.document["errors"]}) >= 4


def failed_checks(ended: Ended) -> dict[str, dict[str, Any]]:
    checks = {check["name"]: check for check in ended.document["checks"]}
    return {name: check for name, check in checks.items() if not check["ok"]}


@pytest.mark.parametrize(
    ("changes", "check", "words"),
    [
        ({"HUBSPOT_ACCESS_TOKEN": "a-mistyped-token"}, "crm", "HUBSPOT_ACCESS_TOKEN"),
        ({"HUBSPOT_ACCESS_TOKEN": ""}, "crm", "HUBSPOT_ACCESS_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-mistyped"}, "slack", "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": ""}, "slack", "bot token"),
        ({"SLACK_SIGNING_SECRET": ""}, "slack", "Basic Information"),
        ({"SLACK_BASE_URL": f"{NOWHERE}/api/"}, "slack", "SLACK_BASE_URL"),
        ({"MIMAWARI_NOW": "2026-11-24T09:30:00"}, "settings", "+09:00"),
        ({"MIMAWARI_DATABASE_URL": "postgresql://user@127.0.0.1:9/x"}, "database", "MIMAWARI_DATABASE_URL"),
    ],
)
def test_the_doctor_names_the_fault_and_a_remedy(site: Site, changes: dict[str, str], check: str, words: str) -> None:
    ended = site.run("doctor", "--json", **changes)
    assert ended.exit_code in {1, 2}
    failed = failed_checks(ended)[check]
    assert words in failed["message"] + failed["remedy"]
    assert failed["remedy"].endswith(".")


def test_the_doctor_names_a_broken_rule_file(site: Site) -> None:
    path = site.own_rules() / "hygiene.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("severity:", "severty:", 1), encoding="utf-8")
    failed = failed_checks(site.run("doctor", "--json"))["rules"]
    assert "hygiene.yaml line" in failed["message"]
    assert "mimawari rules check" in failed["remedy"]


def test_the_doctor_finds_only_who_is_missing_from_slack_where_all_is_well(site: Site) -> None:
    site.stage.make_first_round()
    assert list(failed_checks(site.run("doctor", "--json"))) == ["people"]


def test_the_service_refuses_to_start_with_broken_rules_and_says_where(site: Site) -> None:
    path = site.own_rules() / "hygiene.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("severity:", "severty:", 1), encoding="utf-8")
    ended = site.run("serve", "--port", "0", "--json")
    assert (ended.exit_code, ended.document["errors"][0]["file"]) == (2, "hygiene.yaml")


def test_no_secret_is_logged_step_by_step(site: Site) -> None:
    site.slack_fault("drop_after", method="chat.postMessage", times=3)
    site.crm_fault("drop_after", times=2)
    assert site.run("--verbose", "cycle", "--json").exit_code == 0
    assert site.run("--verbose", "apply", "--yes", "--json").exit_code == 0


def test_the_doctor_says_what_a_missing_scope_disables(site: Site) -> None:
    scopes = [scope for scope in SCOPES if scope not in {"im:write", "commands"}]
    site.stand_ins.slack_control.post("workspace", json={"op": "scopes", "scopes": scopes})
    failed = failed_checks(site.run("doctor", "--json"))["slack"]
    assert "commands (/lead does not exist); im:write (nobody gets a direct message)" in failed["message"]


def test_the_doctor_wants_no_signing_secret_where_we_connect_to_slack(site: Site) -> None:
    ended = site.run("doctor", "--json", SLACK_SIGNING_SECRET="", SLACK_APP_TOKEN="xapp-of-a-test")
    assert "slack" not in failed_checks(ended)
