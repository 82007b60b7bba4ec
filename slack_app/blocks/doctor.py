"""How the program is set up, shortly: what is wrong in full, the rest by name."""

from __future__ import annotations

from collections.abc import Sequence

from slack_app.blocks.elements import Block, actions, button, context, section
from slack_app.courier import Message
from slack_app.cutting import cut_mrkdwn
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import Catalogue
from slack_app.texts.said import in_mrkdwn
from slack_app.views import CheckLine

PRESS_ACTION = "doctor_press"
_MESSAGE_LIMIT = 600


def doctor(checks: Sequence[CheckLine], say: Catalogue) -> Message:
    wrong = [check for check in checks if not check.ok]
    advice = [check for check in checks if check.ok and not check.fine]
    fine = [check for check in checks if check.fine]
    well = say.mrkdwn("doctor.all_well", count=len(checks))
    title = say.mrkdwn("doctor.wrong", count=len(wrong)) if wrong else well
    blocks: list[Block] = [section(title)]
    blocks += [section(_line(check, say)) for check in (*wrong, *advice)]
    if wrong or advice:
        names = say.plain("names.separator").join(_name(check, say) for check in fine)
        blocks += [context(say.mrkdwn("doctor.fine", names=names))] if fine else []
    blocks += [context(say.mrkdwn("doctor.try_button")), try_button("-", say)]
    return Message(title, blocks)


def try_button(value: str, say: Catalogue) -> Block:
    """A press of it proves that clicks arrive; `value` says which test it belongs to."""
    return actions("doctor", [button(PRESS_ACTION, say.plain("button.try_it"), value)])


def trial_card(test: str, say: Catalogue) -> Message:
    """Somebody at the terminal waits for the press."""
    text = say.mrkdwn("doctor.card")
    return Message(text, [section(text), try_button(test, say)])


def trial_over(say: Catalogue, *, arrived: bool) -> Message:
    text = say.mrkdwn("doctor.card_done" if arrived else "doctor.card_over")
    return Message(text, [section(text)])


def _line(check: CheckLine, say: Catalogue) -> Mrkdwn:
    message = Mrkdwn(cut_mrkdwn(in_mrkdwn(check.message, say), _MESSAGE_LIMIT))
    key = "doctor.line_advice" if check.ok else "doctor.line_wrong"
    words = say.mrkdwn(key, name=_name(check, say), message=message)
    if check.remedy is None:
        return words
    return Mrkdwn(f"{words}\n{say.mrkdwn('doctor.remedy', remedy=in_mrkdwn(check.remedy, say))}")


def _name(check: CheckLine, say: Catalogue) -> str:
    return say.plain(f"doctor.name_{check.name.replace(' ', '_')}")
