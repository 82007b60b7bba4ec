"""What happens when a person presses or chooses something in a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_app.sandbox.blockkit.fill import interactive_elements
from slack_app.sandbox.input_values import NotOfferedError, initial_state, typed_value, with_values
from slack_app.sandbox.json_values import Json, as_object, as_text, object_or_empty, objects
from slack_app.sandbox.outcome import ActRefusedError, Outcome, outcome_of
from slack_app.sandbox.outgoing import send_interaction
from slack_app.sandbox.payloads import message_action, suggestion
from slack_app.sandbox.records import ResponseUrl

if TYPE_CHECKING:
    from slack_app.sandbox.people import Person
    from slack_app.sandbox.records import Message
    from slack_app.sandbox.site import Site


async def click_in_message(site: Site, person: Person, act: Json) -> Outcome:
    """`version` in the act presses a button of an earlier state of the message (0 = as first posted), as a person
    does whose screen has not caught up yet.
    """
    message = find_message(site, person, act)
    blocks = _blocks_at(message, act)
    block, element = find_element(blocks, act)
    state = with_values(blocks, initial_state(blocks, {}), object_or_empty(act.get("state")), site.workspace)
    permit = ResponseUrl(
        message.channel, person.id, site.clock.elapsed(), True, (message.channel, message.ts), message.thread_ts
    )
    url = site.workspace.new_response_url(permit, site.base_url)
    payload = message_action(site.workspace, person, message, state, url)
    payload["actions"] = [action_entry(site, block, element, act)]
    return outcome_of(await send_interaction(site, payload))


def find_message(site: Site, person: Person, act: Json) -> Message:
    channel, ts = as_text(act.get("channel")), as_text(act.get("ts"))
    conversation = site.workspace.conversation(channel)
    if conversation is None or person.id not in conversation.members:
        raise ActRefusedError(f"{person.display_name} is not in a conversation {channel!r}")
    ephemeral = site.workspace.ephemeral_message(conversation.id, ts)
    message = site.workspace.message(conversation.id, ts) or ephemeral
    if message is None or message.visible_to not in {None, person.id}:
        raise ActRefusedError(f"there is no message {ts} in {channel} for {person.display_name} to see")
    return message


def _blocks_at(message: Message, act: Json) -> list[Json]:
    version = act.get("version")
    if not isinstance(version, int) or version >= len(message.edits):
        attached = [b for a in message.attachments for b in objects(a.get("blocks"))]
        return [*message.blocks, *attached]
    return message.edits[version].blocks


def find_element(blocks: list[Json], act: Json) -> tuple[Json, Json]:
    """The block and the element with the act's `action_id` (and `block_id`, and for buttons `value`, where given)."""
    action_id, block_id = as_text(act.get("action_id")), as_text(act.get("block_id"))
    value = as_text(act.get("value"))
    for block in blocks:
        if block_id and block.get("block_id") != block_id:
            continue
        for element in interactive_elements(block):
            is_button = element.get("type") == "button"
            if element.get("action_id") == action_id and not (
                is_button and value and as_text(element.get("value")) != value
            ):
                return block, element
    raise ActRefusedError(
        f"nothing there has the action_id {action_id!r}" + (f" in block {block_id!r}" * bool(block_id))
    )


def action_entry(site: Site, block: Json, element: Json, act: Json) -> Json:
    """One item of `actions`: what was pressed, or what was chosen."""
    now = site.clock.now().timestamp()
    entry: Json = {
        "action_id": element.get("action_id"),
        "block_id": block.get("block_id"),
        "action_ts": f"{now:.6f}",
        "type": element.get("type"),
    }
    if element.get("type") in {"button", "workflow_button"}:
        return entry | {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    chosen: object = act.get("selected", act.get("value"))
    try:
        entry |= typed_value(element, chosen, site.workspace)
    except NotOfferedError as error:
        raise ActRefusedError(str(error)) from error
    return entry | {name: element[name] for name in ("placeholder",) if name in element}


async def suggest_options(site: Site, person: Person, act: Json) -> Outcome:
    """Asks the app for the options of an external select."""
    payload = suggestion(
        site.workspace, person, as_text(act.get("block_id")), as_text(act.get("action_id")), as_text(act.get("value"))
    )
    answer = await send_interaction(site, payload)
    parsed = answer.parsed() or {}
    options = objects(parsed.get("options"))
    for group in objects(parsed.get("option_groups")):
        options += objects(group.get("options"))
    return Outcome(answer.failure is None, answer.status, as_object(parsed), answer.failure, options=options)
