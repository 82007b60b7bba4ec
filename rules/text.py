"""A sentence or name in the two languages the product speaks."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    ja: str
    en: str

    def in_language(self, language: str) -> str:
        """Japanese for "ja" (and "ja-JP"), English for everything else."""
        return self.ja if language.lower().startswith("ja") else self.en
