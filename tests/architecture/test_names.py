"""The four import names are generic: nothing else that is installed may provide them."""

from __future__ import annotations

from importlib import import_module, metadata
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT


@pytest.mark.parametrize("name", PACKAGES)
def test_no_other_distribution_provides_our_import_names(name: str) -> None:
    providers = set(metadata.packages_distributions().get(name, ()))
    assert providers <= {"mimawari"}


@pytest.mark.parametrize("name", PACKAGES)
def test_what_is_imported_is_this_checkout(name: str) -> None:
    found = import_module(name).__file__
    assert found is not None
    assert Path(found).parent == ROOT / name
