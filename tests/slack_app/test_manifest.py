"""The manifest from which the Slack app is made."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from jsonschema import Draft7Validator

import slack_app
from slack_app.manifest import EVENTS, EXAMPLE_ADDRESS, PATH, SCOPES, as_yaml, manifest
from slack_app.texts.catalogue import catalogue

PACKAGE = Path(slack_app.__file__).parent


def addresses(made: dict[str, Any]) -> list[str]:
    """Where Slack is told to send commands, events and clicks."""
    settings = made["settings"]
    places = (made["features"]["slash_commands"][0], settings["event_subscriptions"], settings["interactivity"])
    return [place[key] for place in places for key in ("url", "request_url") if key in place]


@pytest.mark.parametrize("socket_mode", [False, True])
def test_the_manifest_is_one_that_slack_takes(socket_mode: bool) -> None:
    specs = os.environ.get("MIMAWARI_SPECS")
    if specs is None:
        pytest.skip("MIMAWARI_SPECS does not say where the shared API descriptions are")
    schema = json.loads((Path(specs) / "slack/manifest/manifest.schema.2.0.0.json").read_text())
    made = yaml.safe_load(as_yaml(manifest("https://crm.example", socket_mode=socket_mode)))
    jsonschema.validate(made, schema, Draft7Validator)


def test_the_manifest_beside_the_code_is_the_one_that_the_code_makes() -> None:
    kept = (PACKAGE / "manifest.yaml").read_text(encoding="utf-8")
    assert kept == as_yaml(manifest(EXAMPLE_ADDRESS, socket_mode=False))


def test_every_address_is_the_one_that_we_serve() -> None:
    assert addresses(manifest("https://crm.example/", socket_mode=False)) == [f"https://crm.example{PATH}"] * 3


def test_with_socket_mode_no_address_is_named() -> None:
    made = manifest("https://crm.example", socket_mode=True)
    assert addresses(made) == []
    assert made["settings"]["socket_mode_enabled"] is True


def test_every_event_asked_for_has_a_listener() -> None:
    listeners = "".join(path.read_text() for path in (PACKAGE / "listeners").glob("*.py"))
    assert [event for event in EVENTS if f'app.event("{event}")' not in listeners] == []


def test_the_readme_says_why_each_scope_is_asked_for() -> None:
    readme = (PACKAGE / "README.md").read_text()
    assert [scope for scope in SCOPES if f"`{scope}`" not in readme] == []


def test_what_is_lost_without_a_scope_is_said_of_each() -> None:
    said = {key for key in catalogue("ja").sentences if key.startswith("doctor.scope_")}
    assert said == {f"doctor.scope_{scope.replace(':', '_').replace('.', '_')}" for scope in SCOPES}
