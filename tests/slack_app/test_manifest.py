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
from slack_app.endpoint import PATH

PACKAGE = Path(slack_app.__file__).parent


@pytest.fixture
def manifest() -> dict[str, Any]:
    return yaml.safe_load((PACKAGE / "manifest.yaml").read_text())


def test_the_manifest_is_one_that_slack_takes(manifest: dict[str, Any]) -> None:
    specs = os.environ.get("MIMAWARI_SPECS")
    if specs is None:
        pytest.skip("MIMAWARI_SPECS does not say where the shared API descriptions are")
    schema = json.loads((Path(specs) / "slack/manifest/manifest.schema.2.0.0.json").read_text())
    jsonschema.validate(manifest, schema, Draft7Validator)


def test_every_address_is_the_one_that_we_serve(manifest: dict[str, Any]) -> None:
    settings = manifest["settings"]
    addresses = {
        manifest["features"]["slash_commands"][0]["url"],
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
    }
    assert [address.endswith(f".example{PATH}") for address in addresses] == [True]


def test_the_readme_says_why_each_scope_is_asked_for(manifest: dict[str, Any]) -> None:
    readme = (PACKAGE / "README.md").read_text()
    assert [scope for scope in manifest["oauth_config"]["scopes"]["bot"] if f"`{scope}`" not in readme] == []
