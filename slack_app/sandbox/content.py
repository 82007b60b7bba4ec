"""What may a message say? Reads text, blocks, attachments and metadata from arguments, and refuses what Slack refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from slack_app.sandbox.api_error import ApiError
from slack_app.sandbox.blockkit.limits import ATTACHMENTS, MESSAGE_CHARACTERS
from slack_app.sandbox.blockkit.payload import check_message_blocks, count_characters
from slack_app.sandbox.blockkit.report import Report
from slack_app.sandbox.json_values import Json, as_list, as_object, as_text, objects
from slack_app.sandbox.posting import Content

if TYPE_CHECKING:
    from slack_app.sandbox.arguments import Arguments
    from slack_app.sandbox.workspace import Workspace

TEXT_KEPT = 40_000
_METADATA_BYTES = 16_000


def read_content(
    workspace: Workspace, args: Arguments, *, longest_text: int | None = None, too_long: str = "msg_too_long"
) -> Content:
    """`longest_text` None cuts a long text silently, as `chat.postMessage` does. `too_long` is the code for blocks."""
    text = _read_text(args, longest_text)
    blocks = _read_blocks(workspace, args, too_long)
    attachments = _read_attachments(args)
    if not (text or blocks or attachments):
        raise ApiError("no_text")
    return Content(text, blocks, attachments, _read_metadata(args))


def _read_text(args: Arguments, longest: int | None) -> str:
    text = args.text("text")
    markdown = args.text("markdown_text")
    if markdown and (text or "blocks" in args):
        raise ApiError("markdown_text_conflict")
    text = text or markdown
    if longest is not None and len(text) > longest:
        raise ApiError("msg_too_long")
    return text[:TEXT_KEPT]


def _read_blocks(workspace: Workspace, args: Arguments, too_long: str) -> list[Json]:
    try:
        blocks = args.parsed("blocks")
    except ValueError as error:
        raise ApiError("invalid_blocks_format") from error
    if blocks is None:
        return []
    if as_list(blocks) is None:
        raise ApiError("invalid_blocks_format")
    report = check_message_blocks(blocks)
    check_slack_files(workspace, blocks, "/blocks", report)
    if report.problems:
        raise ApiError("invalid_blocks", report.beside())
    if count_characters(blocks) > MESSAGE_CHARACTERS:
        raise ApiError(too_long)
    return objects(blocks)


def check_slack_files(workspace: Workspace, value: object, pointer: str, report: Report) -> None:
    """An image may only show an uploaded file that exists."""
    found = as_object(value)
    if found is not None:
        file = as_object(found.get("slack_file"))
        if file and file.get("id") and as_text(file["id"]) not in workspace.files:
            report.add(f"{pointer}/slack_file", "invalid slack file")
        for name, part in found.items():
            check_slack_files(workspace, part, f"{pointer}/{name}", report)
    for index, part in enumerate(as_list(value) or []):
        check_slack_files(workspace, part, f"{pointer}/{index}", report)


def _read_attachments(args: Arguments) -> list[Json]:
    try:
        attachments = objects(args.parsed("attachments"))
    except ValueError as error:
        raise ApiError("invalid_blocks_format") from error
    if len(attachments) > ATTACHMENTS:
        raise ApiError("too_many_attachments")
    for index, attachment in enumerate(attachments):
        report = check_message_blocks(attachment.get("blocks"), f"/attachments/{index}/blocks")
        if report.problems:
            raise ApiError("invalid_blocks", report.beside())
    return attachments


def _read_metadata(args: Arguments) -> Json | None:
    """None where none was given; an empty object asks for removal."""
    if args.values.get("metadata") is None:
        return None
    try:
        metadata = as_object(args.parsed("metadata"))
    except ValueError as error:
        raise ApiError("invalid_metadata_format") from error
    if metadata is None:
        raise ApiError("invalid_metadata_format")
    if not metadata:
        return {}
    payload = as_object(metadata.get("event_payload"))
    if not isinstance(metadata.get("event_type"), str) or payload is None:
        raise ApiError("invalid_metadata_format")
    if any(not _is_metadata_value(value) for value in payload.values()):
        raise ApiError("invalid_metadata_schema")
    if len(json.dumps(metadata).encode()) > _METADATA_BYTES:
        raise ApiError("metadata_too_large")
    return metadata


def _is_metadata_value(value: object) -> bool:
    nested = as_object(value)
    if nested is not None:
        return all(_is_metadata_value(part) for part in nested.values())
    listed = as_list(value)
    if listed is not None:
        return all(_is_metadata_value(part) for part in listed)
    return isinstance(value, (str, int, float, bool))
