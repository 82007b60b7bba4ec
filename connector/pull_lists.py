"""How static lists and their members are read: one call tells which of them changed."""

from __future__ import annotations

from sqlalchemy import Engine

from connector.gateway import Gateway
from connector.mirror.list_rows import forget_lists, lists_with_departed, store_list, stored_lists
from connector.mirror.tables import MirrorSchema


def pull_lists(engine: Engine, gateway: Gateway, schema: MirrorSchema) -> None:
    """A list is read again when its name, its size or the time of its last addition differs.

    Whoever leaves changes the size, whoever comes the time. A merge does neither: the survivor takes the place of the
    contact that was merged away, so lists with departed members are read again, too.
    """
    found = gateway.static_lists()
    with engine.connect() as connection:
        stored = {one.id: one for one in stored_lists(connection)}
        doubtful = lists_with_departed(connection, schema)
    for one in found:
        if stored.get(one.id) != one or one.id in doubtful:
            members = gateway.list_members(one.id)
            with engine.begin() as connection:
                store_list(connection, one, members)
    if gone := stored.keys() - {one.id for one in found}:
        with engine.begin() as connection:
            forget_lists(connection, gone)
