"""Writes one contact's calls, mails, notes and meetings, and remembers when it was last contacted."""

from __future__ import annotations

import dataclasses
import random
from datetime import datetime, timedelta

from connector.sandbox.activity_properties import CONNECTED_DISPOSITION
from connector.sandbox.activity_texts import call_note, mail_text, note_html
from connector.sandbox.moments import iso, to_millisecond
from connector.sandbox.people import Person
from connector.sandbox.record_book import RecordBook
from connector.sandbox.work_times import START_CLOCK

_UNANSWERED = "73a0d17f-1163-4015-bdd5-ec830791da20"
_VOICEMAIL = "b2cf5968-551e-4856-9783-52b3da59a7d0"


@dataclasses.dataclass(slots=True)
class Diary:
    """`last_contacted` counts calls, sent mails and meetings up to the start clock, as the CRM does."""

    rng: random.Random
    book: RecordBook
    contact_id: str
    last_contacted: datetime | None = None

    def call(self, at: datetime, person: Person, *, talked: bool) -> None:
        seconds = self.rng.randrange(120, 900) if talked else self.rng.randrange(5, 40)
        self._write(
            "calls",
            at,
            person,
            {
                "hs_call_title": "電話",
                "hs_call_body": call_note(self.rng, talked=talked),
                "hs_call_direction": "OUTBOUND",
                "hs_call_status": "COMPLETED" if talked else "NO_ANSWER",
                "hs_call_disposition": CONNECTED_DISPOSITION if talked else self.rng.choice((_UNANSWERED, _VOICEMAIL)),
                "hs_call_duration": str(seconds * 1000),
            },
        )
        self._contacted(at)

    def mail(self, at: datetime, person: Person, *, incoming: bool = False) -> None:
        self._write(
            "emails",
            at,
            person,
            {
                "hs_email_direction": "INCOMING_EMAIL" if incoming else "EMAIL",
                "hs_email_status": "SENT",
                "hs_email_subject": "Re: お問い合わせの件" if incoming else "お問い合わせの件につきまして",
                "hs_email_text": mail_text(self.rng, incoming=incoming),
            },
        )
        if not incoming:
            self._contacted(at)

    def note(self, at: datetime, person: Person, *, talked: bool) -> None:
        self._write("notes", at, person, {"hs_note_body": note_html(self.rng, talked=talked)})

    def task(self, at: datetime, person: Person, subject: str) -> None:
        values = {"hs_task_subject": subject, "hs_task_status": "NOT_STARTED", "hs_task_type": "TODO"}
        self._write("tasks", at, person, values, due_in=timedelta(days=self.rng.randrange(2, 12)))

    def meeting(self, start: datetime, host: Person, outcome: str, title: str, *, set_at: datetime) -> str:
        """Entered at `set_at`; an empty outcome is one that nobody filled in. Lasts an hour."""
        values = {
            "hs_meeting_title": title,
            "hs_meeting_start_time": iso(start),
            "hs_meeting_end_time": iso(start + timedelta(hours=1)),
            "hs_meeting_outcome": outcome,
            "hs_meeting_location": self.rng.choice(("オンライン", "先方会議室", "オンライン", "当社 会議室A")),
        }
        meeting_id = self._write("meetings", set_at, host, values, due_in=start - set_at)
        if outcome == "COMPLETED":
            self.book.touch("meetings", meeting_id, min(start + timedelta(hours=2), START_CLOCK))
        self._contacted(start)
        return meeting_id

    def _write(
        self, kind: str, at: datetime, person: Person, values: dict[str, str], due_in: timedelta = timedelta()
    ) -> str:
        at = to_millisecond(at)
        stamps = {"hs_timestamp": iso(at + due_in), "hubspot_owner_id": person.owner_id}
        record_id = self.book.add(kind, values | stamps | {"hs_created_by": str(person.user_id)}, at)
        self.book.link("contacts", self.contact_id, kind, record_id)
        return record_id

    def _contacted(self, at: datetime) -> None:
        at = to_millisecond(at)
        if at <= START_CLOCK and (self.last_contacted is None or at > self.last_contacted):
            self.last_contacted = at
