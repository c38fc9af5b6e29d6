"""What an operation hands back: which segments it changed, and how a person is told.

Stands apart because operations make it, and the window and the command line both speak from it.
"""

# Annotations are evaluated here, not kept as texts: each text of a named tuple's field is compiled at every start.

from typing import NamedTuple


class Change(NamedTuple):
    """The outcome of one transaction.

    `message` is one past-tense sentence ('Deactivated 3 segments.'). `undo_label` names the step for 'Undo …'
    ('deactivation of 3 segments'); None where it cannot be undone. `everything` asks views to read all anew.
    """

    message: str
    changed: frozenset[int] = frozenset()
    added: frozenset[int] = frozenset()
    removed: frozenset[int] = frozenset()
    undo_label: str | None = None
    everything: bool = False
    to_compute: frozenset[int] = frozenset()  # Active segments whose members are out of date now
    backup: str | None = None  # the file a deletion saved first
    followed: str = ""  # a sentence for a person: what came of it by itself, such as reuse

    def __bool__(self) -> bool:
        return bool(self.changed or self.added or self.removed or self.everything)


class Progress(NamedTuple):
    """How far a job is: `done` of `total` units (total None: not known), and what it is doing now."""

    done: int
    total: int | None
    text: str = ""
