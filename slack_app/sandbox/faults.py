"""Which calls go wrong on purpose, and how? The plan that the control API fills."""

from __future__ import annotations

import dataclasses
from fnmatch import fnmatch

from slack_app.sandbox.json_values import Json, as_text, object_or_empty

KINDS = frozenset(
    {"429", "500", "502_html", "drop_before", "drop_after", "delay", "truncate", "error_before", "error_after"}
)


@dataclasses.dataclass(slots=True)
class Fault:
    """One planned mishap. `method` is a Web API method or an HTTP verb, `path` a pattern with `*`; empty matches all."""

    do: str
    method: str
    path: str
    left: int
    retry_after: float
    error: str


class FaultPlan:
    """Faults are used up in the order they were planned."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def plan(self, body: Json) -> None:
        """ValueError with a sentence where the order makes no sense."""
        do = as_text(body.get("do"))
        if do not in KINDS:
            raise ValueError(f"do must be one of {', '.join(sorted(KINDS))}")
        match = object_or_empty(body.get("match"))
        self.faults.append(
            Fault(
                do,
                as_text(match.get("method")),
                as_text(match.get("path")),
                int(body.get("times", 1)),
                float(body.get("retry_after", 1)),
                as_text(body.get("error")) or "fatal_error",
            )
        )

    def next_for(self, verb: str, path: str, api_method: str) -> Fault | None:
        for fault in self.faults:
            by_method = not fault.method or fault.method == api_method or fault.method.upper() == verb
            if by_method and (not fault.path or fnmatch(path, fault.path)):
                fault.left -= 1
                if fault.left <= 0:
                    self.faults.remove(fault)
                return fault
        return None
