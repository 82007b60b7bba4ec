"""One finding: in full with its buttons, as a row with a menu, and struck out once it is settled."""

from __future__ import annotations

from datetime import date

from slack_app.blocks.elements import Block, actions, button, context, menu, option, overflow, section, url_button
from slack_app.cutting import cut
from slack_app.mrkdwn import Mrkdwn, link, literal, struck_out
from slack_app.texts.catalogue import Catalogue
from slack_app.texts.dates import day_words, moment_token, short_day_words
from slack_app.views import Choice, FindingLine

# Names of people and firms are short; what is longer is an accident that must not push out the rest.
_NAME_LIMIT = 60
_TITLE_LIMIT = 80
_REASON_LIMIT = 240
_TEAM_KNOWS = 2
_PINGS = {
    "still_on_it": "finding.still_on_it",
    "snooze_over": "finding.snooze_over",
    "again": "finding.again",
    "nudged": "finding.nudged",
}
# In place of a time: the person is asked for one in a form.
A_DATE = "date"


def finding_blocks(line: FindingLine, say: Catalogue, seen_on: date, addressee: str | None) -> list[Block]:
    """The finding in full and its buttons. Whoever has put it to rest needs no button for that any more."""
    block_id = f"contacts:{line.contact_id}:finding:{line.finding_id}"
    buttons: list[Block] = []
    if line.snoozed_by is not None:
        buttons.append(button("unsnooze", say.plain("button.unsnooze"), seen(line)))
    if not line.rests:
        buttons.append(button("acknowledge", _acknowledging(line, say), str(line.finding_id)))
    if line.snoozed_by is None:
        buttons.append(snooze_menu(line, say))
    if line.reassigns:
        buttons.append(button("reassign", say.plain("button.reassign"), line.contact_id))
    buttons.append(button("change_status", say.plain("button.change_status"), change_status_value(line)))
    buttons.append(url_button("open_crm", say.plain("button.open_crm"), line.url))
    text = Mrkdwn("\n".join(full_text(line, say, seen_on, addressee)))
    return [section(text, block_id), actions(f"{block_id}:actions", buttons)]


def finding_row(line: FindingLine, say: Catalogue, block_id: str | None = None) -> Block:
    """The finding in two lines, with a menu instead of buttons."""
    key = "list.row" if line.company else "list.row_alone"
    values: dict[str, str | int] = {"number": line.finding_id, "name": contact_link(line), "what": what(line, say)}
    if line.company:
        values["company"] = cut(line.company, _NAME_LIMIT)
    text = say.mrkdwn(key, **values)
    if line.rests:
        text = Mrkdwn(f"{text}\n{_rest(line, say)}")
    options = [
        option(say.plain("button.change_status"), f"change_status {change_status_value(line)}"),
        option(say.plain("button.open_crm"), "open_crm", line.url),
        option(say.plain("button.dismiss"), f"dismiss {seen(line)}"),
    ]
    if line.snoozed_by is not None:
        options.insert(0, option(say.plain("button.unsnooze"), f"unsnooze {seen(line)}"))
    else:
        options.insert(0, option(say.plain("button.snooze"), f"snooze {A_DATE} {seen(line)}"))
    if not line.rests:
        options.insert(0, option(_acknowledging(line, say), f"acknowledge {line.finding_id}"))
    return section(
        text, block_id or f"contacts:{line.contact_id}:finding:{line.finding_id}", overflow("finding_menu", options)
    )


def snooze_menu(line: FindingLine, say: Catalogue) -> Block:
    """The usual times, and one that opens the form."""
    choices = [*snooze_choices(say), Choice(A_DATE, say.plain("snooze.date"))]
    options = [Choice(f"{each.value} {seen(line)}", each.label) for each in choices]
    return menu("snooze", say.plain("button.snooze"), options)


def snooze_choices(say: Catalogue) -> list[Choice]:
    """Each value is what people may type as well."""
    return [
        Choice("1h", say.plain("snooze.hour")),
        Choice("tomorrow", say.plain("snooze.tomorrow")),
        Choice("3d", say.plain("snooze.three_days")),
        Choice("next monday", say.plain("snooze.monday")),
    ]


def seen(line: FindingLine) -> str:
    """The finding as this message shows it: a click on an older state must not undo a newer one."""
    return f"{line.finding_id}.{line.revision}"


def read_seen(value: str) -> tuple[int, dict[int, int]]:
    finding_id, _, revision = value.partition(".")
    return int(finding_id), {int(finding_id): int(revision)}


def closed_block(line: FindingLine, say: Catalogue) -> Block:
    """The finding struck out, with how it ended."""
    block_id = f"contacts:{line.contact_id}:finding:{line.finding_id}"
    title = literal(cut(line.title, _TITLE_LIMIT))
    settled = struck_out(say.mrkdwn("finding.closed_what", name=contact_link(line), title=title))
    return context(say.mrkdwn("finding.closed", finding=settled, how=ending(line, say)), block_id)


def ending(line: FindingLine, say: Catalogue) -> str:
    key = line.closed_reason or "closed.other"
    return say.plain(key if say.has(key) else "closed.other")


def contact_link(line: FindingLine) -> Mrkdwn:
    return link(line.url, cut(line.contact_name, _NAME_LIMIT))


def what(line: FindingLine, say: Catalogue) -> Mrkdwn:
    """The rule's title and why it holds."""
    title = cut(line.title, _TITLE_LIMIT)
    if not line.reason:
        return say.mrkdwn("finding.what_alone", title=title)
    return say.mrkdwn("finding.what", title=title, reason=cut(line.reason, _REASON_LIMIT))


def change_status_value(line: FindingLine) -> str:
    """The contact, and the status that the rule suggests, which the form then shows as chosen."""
    return " ".join([line.contact_id, *line.suggested[:1]])


def full_text(line: FindingLine, say: Catalogue, seen_on: date, addressee: str | None) -> list[str]:
    """Whose it is, what it is, since when, and how things stand, each on a line of its own."""
    if line.company:
        who = say.mrkdwn("finding.who", name=contact_link(line), company=cut(line.company, _NAME_LIMIT))
    else:
        who = say.mrkdwn("finding.who_alone", name=contact_link(line))
    texts: list[str] = [who, what(line, say), _where(line, say, seen_on, addressee)]
    if line.rests:
        texts.append(_rest(line, say))
    elif line.ping:
        texts.append(say.mrkdwn(_PINGS[line.ping]))
    if line.told > 1 or line.level >= _TEAM_KNOWS or line.next_day:
        texts.append(_so_far(line, say))
    return texts


def _so_far(line: FindingLine, say: Catalogue) -> Mrkdwn:
    """How often it was told, to whom else, and who is next: editing a message calls nobody, so the message says it."""
    said = [say.mrkdwn("finding.told", count=line.told)] if line.told > 1 else []
    if line.level >= _TEAM_KNOWS:
        said.append(say.mrkdwn("finding.told_team" if line.level == _TEAM_KNOWS else "finding.told_manager"))
    if line.next_day:
        said.append(goes_on(line, line.next_day, say))
    return Mrkdwn(f"_{say.plain('names.separator').join(said)}_")


def goes_on(line: FindingLine, day: date, say: Catalogue) -> Mrkdwn:
    """Who is told on that day if nobody acts."""
    key = "finding.goes_to_team" if line.next_level == _TEAM_KNOWS else "finding.goes_to_manager"
    return say.mrkdwn(key, day=day_words(day, say.language))


def _acknowledging(line: FindingLine, say: Catalogue) -> str:
    return say.plain("button.confirm" if line.ping == "still_on_it" else "button.acknowledge")


def _where(line: FindingLine, say: Catalogue, seen_on: date, addressee: str | None) -> Mrkdwn:
    values = {
        "status": cut(line.status_label, _NAME_LIMIT) or say.plain("finding.no_status"),
        "since": short_day_words(line.since, seen_on, say.language),
    }
    if line.code:
        text = say.mrkdwn("finding.where", code=line.code, **values)
    else:
        text = say.mrkdwn("finding.where_without_code", **values)
    if line.owner_name and line.owner_name != addressee:
        owner = say.mrkdwn("finding.owner", owner=cut(line.owner_name, _NAME_LIMIT))
        return Mrkdwn(f"{text}　{owner}")
    return text


def _rest(line: FindingLine, say: Catalogue) -> Mrkdwn:
    if line.snoozed_until is not None:
        until = moment_token(line.snoozed_until, say.language)
        return say.mrkdwn("finding.snoozed", name=cut(line.snoozed_by or "", _NAME_LIMIT), until=until)
    name = cut(line.acknowledged_by or "", _NAME_LIMIT)
    if line.acknowledged_until is None:
        return say.mrkdwn("finding.acknowledged_open", name=name)
    until = moment_token(line.acknowledged_until, say.language)
    return say.mrkdwn("finding.acknowledged", name=name, until=until)
