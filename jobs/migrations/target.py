"""Every table that the migrations must arrive at. Typed columns of the mirror are made at run time and not among them."""

from __future__ import annotations

from sqlalchemy import MetaData

from connector import call_tables as calls
from connector.mirror import tables as mirror
from connector.records import MIRRORED_TYPES
from jobs.ledger import tables as ledger


def every_table() -> MetaData:
    complete = MetaData()
    for part in (mirror.metadata, calls.metadata, ledger.metadata):
        for table in part.sorted_tables:
            table.to_metadata(complete)
    for object_type in MIRRORED_TYPES:
        mirror.record_table(object_type, {}, complete)
    return complete
