"""The few functions that SQL needs for rules and SQLite lacks.

Stands apart because every connection that evaluates rules must have them, whoever opens it.
"""

from __future__ import annotations

import apsw

from segment_manager.domain.texts import found, has_word, nfc


def register_functions(connection: apsw.Connection) -> None:
    """Gives a connection rule_regex(pattern, case_sensitive, text), rule_word(text, word) and rule_nfc(text).

    All answer for NULL too (0, 0, NULL), and none can fail on the text of a record.
    """
    connection.create_scalar_function("rule_regex", _regex, 3, deterministic=True)
    connection.create_scalar_function("rule_word", _word, 2, deterministic=True)
    connection.create_scalar_function("rule_nfc", _nfc, 1, deterministic=True)


def _regex(*given: apsw.SQLiteValue) -> int:
    pattern, case_sensitive, text = given
    return int(isinstance(text, str) and found(str(pattern), bool(case_sensitive), text))


def _word(*given: apsw.SQLiteValue) -> int:
    text, word = given
    return int(isinstance(text, str) and has_word(text, str(word)))


def _nfc(*given: apsw.SQLiteValue) -> str | None:
    (text,) = given
    return nfc(text) if isinstance(text, str) else None
