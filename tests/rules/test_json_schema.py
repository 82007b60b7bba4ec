"""The JSON Schema of rule files: it takes what the loader takes, and marks what an editor can see is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from rules.fields import FieldMap
from rules.json_schema import json_schema
from rules.load import LIBRARY
from rules.model import RuleSet
from tests.rules.portal import make_catalogue, shipped_rules

RULE_FILES = Path(__file__).parent.parent / "rule_files"
GOOD = [*sorted(LIBRARY.rglob("*.yaml")), *sorted((RULE_FILES / "good").glob("*.yaml"))]
RULE = {"title": "x", "for_each": "contact", "then": [{"finding": {"severity": "info"}}]}


class Words(yaml.SafeLoader):
    """YAML as the loader of rule files reads it: no dates, and yes and no are words."""


Words.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json_schema(shipped_rules(), make_catalogue(), FieldMap.of())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_what_the_loader_takes_fits(validator: Any, path: Path) -> None:
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=Words)
    assert [f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator.iter_errors(document)] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"rulez": {}},
        {"rules": {"x": {**RULE, "when": {"lead_status": "NEW"}, "mod": "auto"}}},
        {"rules": {"x": {**RULE, "when": {"lead_status": "NEWW"}}}},
        {"rules": {"x": {**RULE, "when": {"lead_statsu": "NEW"}}}},
        {"rules": {"x": {**RULE, "when": {"lead_status": {"unchanged": "2 days"}}}}},
        {"rules": {"x": {**RULE, "when": {"created_at": {"older_than": "soon"}}}}},
        {"rules": {"x": {**RULE, "when": {"deals": {"state": "open"}}}}},
        {"rules": {"x": {**RULE, "when": {"lead_status": "NEW"}, "mode": "always"}}},
        {"rules": {"x": {**RULE, "when": {"lead_status": "NEW"}, "then": [{"find": {}}]}}},
        {"vocabulary": {"statuses": {}, "steps": {"NEW": {"UNQUALIFIED": {"company_wide": ["NEW"]}}}}},
        {"vocabulary": {"statuses": {}, "steps": {"NEW": {"UNQUALIFIED": "SALES"}}}},
    ],
)
def test_what_an_editor_can_see_is_marked(validator: Any, wrong: dict[str, Any]) -> None:
    assert not validator.is_valid({"format": 1, **wrong})


def test_without_a_portal_any_property_may_stand(rule_set: RuleSet) -> None:
    schema = json_schema(rule_set, None, FieldMap.of())
    document = {"format": 1, "rules": {"x": {**RULE, "when": {"our_own_property": "y"}}}}
    assert jsonschema.Draft202012Validator(schema).is_valid(document)
