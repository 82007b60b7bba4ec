from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import Engine, select

from connector.mirror.marks import Purpose, mark
from connector.mirror.statements import among
from connector.mirror.tables import marks

# More than either database takes parameters.
MANY = [str(number) for number in range(1, 70_001)]


@pytest.mark.parametrize(
    ("ids", "found"),
    [
        ([], []),
        (["10", "9", "9"], ["9", "10"]),
        (["9007199254740993", "11"], ["9007199254740993"]),  # beyond what a JSON number is read as elsewhere
        (MANY, ["9", "10"]),
    ],
)
def test_rows_are_found_by_any_number_of_ids(engine: Engine, ids: Sequence[str], found: Sequence[str]) -> None:
    chosen = select(marks.c.id).where(among(marks.c.id)).order_by(marks.c.id)
    with engine.begin() as connection:
        mark(connection, Purpose.LINKS, "contacts", ["9", "10", "9007199254740993"])
        assert connection.execute(chosen, {"ids": ids}).scalars().all() == found
