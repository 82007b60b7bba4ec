"""Which record holds which value of a unique property."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.sandbox.portal_file import PortalFile
    from connector.sandbox.state import StoredObject


class Holders:
    """What was taken or released since the portal's file was made stands over what the file says."""

    def __init__(self, kind: str, name: str, records: dict[str, StoredObject], file: PortalFile) -> None:
        self._kind, self._name = kind, name
        self._file = file
        self._since: dict[str, str | None] = {
            record.properties[name]: record_id
            for record_id, record in records.items()
            if record.properties.get(name) and not record.archived
        }

    def of(self, value: str) -> str | None:
        """The id of the record; None where the value is free."""
        if value in self._since:
            return self._since[value]
        return self._file.holder(self._kind, self._name, value)

    def take(self, value: str, record_id: str) -> None:
        self._since[value] = record_id

    def take_if_free(self, value: str, record_id: str) -> None:
        if self.of(value) is None:
            self.take(value, record_id)

    def release(self, value: str, record_id: str) -> None:
        """Where that record holds it; somebody else keeps it."""
        if self.of(value) == record_id:
            self._since[value] = None

    def release_all(self, record_id: str) -> None:
        held = [value for value, holder in self._since.items() if holder == record_id]
        begun = self._file.record(self._kind, record_id)
        if begun is not None:
            held.append(begun.properties.get(self._name, ""))
        for value in held:
            self.release(value, record_id)
