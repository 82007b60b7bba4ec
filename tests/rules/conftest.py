from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine

from rules.model import RuleSet
from tests.rules.portal import Portal, rules_from, shipped_rules
from tests.statements import share_statements


@pytest.fixture(scope="session")
def rule_set() -> RuleSet:
    return shipped_rules()


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    engine = share_statements(create_engine(database_url))
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def portal(connection: Connection, rule_set: RuleSet) -> Portal:
    return Portal.on(connection, rule_set)


@pytest.fixture
def portal_with(connection: Connection, tmp_path: Path) -> Callable[[str], Portal]:
    """A portal examined by rules that the test writes itself."""
    return lambda text: Portal.on(connection, rules_from(tmp_path, text))
