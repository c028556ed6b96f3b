"""Rules of the checks: a code and a sentence in both languages, turned into problems tied to an element."""

from __future__ import annotations

from dataclasses import dataclass

from bpmn.engine.ports import Problem

MAX_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. The sentences take ``{params}``; a "warning" does not refuse publication."""

    code: str
    zh: str
    en: str
    severity: str = "error"

    def at(self, element: str | None, *, file: str | None = None, **params: object) -> Problem:
        """The rule is broken at ``element`` (None: the file as a whole)."""
        shown = {name: _shown(value) for name, value in params.items()}
        return Problem(
            code=self.code, element=element, zh=self.zh.format(**shown), en=self.en.format(**shown), severity=self.severity,
            file=file, params=shown,
        )  # fmt: skip


def table(*rules: Rule) -> dict[str, Rule]:
    return {rule.code: rule for rule in rules}


def _shown(value: object) -> str:
    """Foreign text on one line and not too long: it ends up in a message."""
    text = "".join(letter if letter.isprintable() else " " for letter in str(value)[: MAX_SHOWN + 1])
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
