"""What a confirmation is made of: title, heading, body, buttons.

Stands apart because the words of every action are put together from these few parts, in several files.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """What a button means; the window maps it to the next step."""

    CANCEL = "cancel"
    PROCEED = "proceed"  # carry out the plan's will_do
    OTHERS = "others"  # plan `Button.ids` (what is in nobody's way) and carry that out
    ANYWAY = "anyway"  # plan again with anyway=True and carry that out
    DEACTIVATE_INSTEAD = "deactivate instead"
    ONLY_INACTIVE = "only inactive"  # delete: its own plan and dialog
    WITH_DEPENDENTS = "with dependents"  # delete: selection plus the dependents, its own dialog
    SHOW_SEGMENTS = "show segments"  # filter the list to `Button.ids`
    SHOW_SEQUENCES = "show sequences"  # all names in a searchable list; the dialog stays
    REPLACE = "replace"  # choose a segment that takes the place of `Button.ids`, plan with it and ask again


class ButtonKind(StrEnum):
    CANCEL = "cancel"  # default and Esc, unless Question.default says otherwise
    ACTION = "action"
    DESTRUCTIVE = "destructive"
    SAFER = "safer"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Button:
    text: str
    answer: Answer
    kind: ButtonKind
    ids: tuple[int, ...] = ()
    count: int | None = None  # must be typed before this button can be pressed


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Plain text."""

    text: str


@dataclass(frozen=True, slots=True)
class NameList:
    """At most 10 bulleted lines are shown, then `and N more` with a link to all `lines` (searchable, copyable)."""

    lines: tuple[str, ...]
    what: str  # 'sequences', 'campaigns', 'segments': for 'Show all 40 sequences…'


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What is rewritten, as (name, before, after). Texts may be long: they wrap, and many of them scroll."""

    entries: tuple[tuple[str, str, str], ...]

    @property
    def text(self) -> str:
        """All of it as plain text, three lines an entry."""
        return "\n".join(f"{name}\n  before: {before}\n  after: {after}" for name, before, after in self.entries)


Part = Paragraph | NameList | Rewritten


@dataclass(frozen=True, slots=True)
class Question:
    title: str
    heading: str
    body: tuple[Part, ...]
    buttons: tuple[Button, ...]
    default: Answer = Answer.CANCEL

    @property
    def counts_to_type(self) -> tuple[int, ...]:
        """The counts that open some button when typed."""
        return tuple(sorted({button.count for button in self.buttons if button.count is not None}))


CANCEL = Button("Cancel", Answer.CANCEL, ButtonKind.CANCEL)
CLOSE = Button("Close", Answer.CANCEL, ButtonKind.CANCEL)
