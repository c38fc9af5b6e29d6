"""How texts are compared beyond folding: the exact form, whole words, regular expressions.

Stands apart because the Python face of a rule and the SQL functions behind its other face must be the same code.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Protocol, cast


def nfc(text: str) -> str:
    """The form in which case-sensitive texts are compared: é is é, whether written as one character or two."""
    return unicodedata.normalize("NFC", text)


def has_word(text: str, word: str) -> bool:
    """Whether `word` (or several) stands in `text` with no letter, digit, mark or underscore right before or after."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (start > 0 and _in_word(text[start - 1])) and not (end < len(text) and _in_word(text[end])):
            return True
        start = text.find(word, start + 1)
    return False


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"


class Pattern(Protocol):
    """What is needed of a compiled expression; it reads UTF-8."""

    def search(self, text: bytes) -> object | None: ...


@lru_cache(maxsize=512)
def compiled(pattern: str, case_sensitive: bool) -> Pattern:
    """The expression, made ready once. Raises ValueError with the reason where it is none."""
    import re2  # type: ignore[import-untyped]  # only where there is an expression

    options = re2.Options()
    options.case_sensitive = case_sensitive
    options.log_errors = False
    options.never_capture = True
    try:
        return cast("Pattern", re2.compile(nfc(pattern), options))
    except re2.error as error:
        reason = error.args[0] if error.args else "unknown"
        raise ValueError(reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)) from None
    except UnicodeEncodeError:
        raise ValueError("it contains a character that cannot be stored") from None


def found(pattern: str, case_sensitive: bool, text: str) -> bool:
    """Whether a regular expression matches anywhere in the text, in time linear in its length."""
    return compiled(pattern, case_sensitive).search(nfc(text).encode("utf-8", "surrogatepass")) is not None
