"""Cutting work into the pieces that the CRM takes, and around the piece that it refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from connector.errors import CrmRefused
from connector.gateway import Refusal

T = TypeVar("T")

Send = Callable[[Sequence[T]], Mapping[str, Refusal]]


def pieces(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def send_around_refused(
    inputs: Sequence[T], key: Callable[[T], str], send: Send[T], in_words: Callable[[CrmRefused], str]
) -> dict[str, Refusal]:
    """Send everything that the CRM takes; answers what it refused, by key.

    One bad value makes the CRM refuse a whole batch, so a refused batch is halved until the bad record stands alone:
    at most 2 × log2(100) = 14 further calls for one bad record in a hundred.
    """
    if not inputs:
        return {}
    try:
        return dict(send(inputs))
    except CrmRefused as error:
        if len(inputs) == 1:
            return {key(inputs[0]): Refusal(in_words(error), gone=error.status == 404)}
    middle = len(inputs) // 2
    return {
        **send_around_refused(inputs[:middle], key, send, in_words),
        **send_around_refused(inputs[middle:], key, send, in_words),
    }
