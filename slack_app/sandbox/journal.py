"""Which calls were seen, and what was sent to the app and answered? Kept for tests and for the page."""

from __future__ import annotations

from collections import Counter, deque

from slack_app.sandbox.json_values import Json

# Enough for a long soak without growing for ever; the counts go on beyond it.
_KEPT = 20_000
_SECRET_ARGUMENTS = {"token", "client_secret"}


class Journal:
    def __init__(self) -> None:
        self.seen: deque[Json] = deque(maxlen=_KEPT)
        self.sent: deque[Json] = deque(maxlen=_KEPT)
        self.by_request: Counter[str] = Counter()
        self.by_method: Counter[str] = Counter()

    def note_request(self, entry: Json) -> None:
        """`entry` may be filled further while the request is being answered."""
        self.seen.append(entry)
        self.by_request[f"{entry['method']} {_counted_path(entry['path'])}"] += 1
        if entry.get("api_method"):
            self.by_method[entry["api_method"]] += 1

    def note_sent(self, entry: Json) -> None:
        self.sent.append(entry)

    def as_json(self, limit: int) -> Json:
        """The newest `limit` entries of each direction, oldest first; counts are over everything."""
        return {
            "requests": list(self.seen)[-limit:],
            "counts": dict(self.by_request),
            "methods": dict(self.by_method),
            "sent": list(self.sent)[-limit:],
        }


def _counted_path(path: str) -> str:
    """Addresses that are used once are counted together."""
    first = path.split("/")[1]
    return path if first == "api" else f"/{first}/*"


def without_secrets(arguments: Json) -> Json:
    return {name: value for name, value in arguments.items() if name not in _SECRET_ARGUMENTS}
