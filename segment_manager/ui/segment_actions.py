"""Every verb on segments as a QAction, once: toolbar, Segment menu and row menu show the same objects.

Stands apart so that a verb has one name, one shortcut, one enablement and one reason why it is greyed out.
"""

# Annotations are evaluated here, not kept as texts: each text of a named tuple's field is compiled at every start.

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from segment_manager.domain.segments import Role
from segment_manager.ui import icons


class Selection(NamedTuple):
    """How many segments are selected, how many of them are Active and how many kept active; and the person's role."""

    number: int
    active: int
    kept: int
    role: Role

    @property
    def inactive(self) -> int:
        return self.number - self.active


Why = Callable[[Selection], str]
"""Gives the reason why a verb cannot apply now; empty where it can."""


def _none(chosen: Selection) -> str:
    return "" if chosen.number else "Select one or more segments first."


def _one(chosen: Selection) -> str:
    if chosen.number == 1:
        return ""
    return "Select a segment first." if not chosen.number else "This works on one segment at a time."


def _two_to_six(chosen: Selection) -> str:
    if 2 <= chosen.number <= 6:
        return ""
    return "Select 2 to 6 segments first." if chosen.number < 2 else "At most 6 segments can be compared at a time."


def _some_active(chosen: Selection) -> str:
    return _none(chosen) or ("" if chosen.active else _all(chosen, "inactive already"))


def _some_inactive(chosen: Selection) -> str:
    return _none(chosen) or ("" if chosen.inactive else _all(chosen, "active already"))


def _can_be_kept(chosen: Selection) -> str:
    if not chosen.active:
        return _none(chosen) or _all(chosen, "inactive: resume first")
    return "" if chosen.kept < chosen.number else _all(chosen, "kept active already")


def _some_kept(chosen: Selection) -> str:
    return _none(chosen) or ("" if chosen.kept else "No selected segment is kept active.")


def _always(chosen: Selection) -> str:
    return ""


def _all(chosen: Selection, what: str) -> str:
    return f"The segment is {what}." if chosen.number == 1 else f"All {chosen.number:,} selected segments are {what}."


class Verb(NamedTuple):
    """One row of the table below. `changes`: only roles that may change segments; `in_table`: its key in the table."""

    name: str
    text: str
    icon: str
    about: str
    why_not: Why
    changes: bool = True
    in_table: str = ""
    key: str = ""
    button: str = ""


VERBS = (
    Verb("new_segment", "New segment", "plus", "Make a new segment", _always, key="Ctrl+N", button="New segment"),
    Verb("open", "Open", "open", "Show its details", _one, changes=False, in_table="Return Enter"),
    Verb("edit_rule", "Edit rule…", "pencil", "Change name, rule, description or tags", _one, key="Ctrl+E"),
    Verb("rename", "Rename…", "", "Give it another name", _one, in_table="F2"),
    Verb("clone", "Clone", "copy", "Make a copy of each, with the same rule", _none, in_table="Ctrl+D", button="Clone"),
    Verb(
        "deactivate", "Deactivate", "pause", "Set inactive; members and sequences stay as they are", _some_active,
        button="Deactivate",
    ),
    Verb(
        "resume_computation", "Resume computation", "play", "Set active again and bring the members up to date",
        _some_inactive, button="Resume",
    ),
    Verb("keep_active", "Keep active", "pin", "The scan for unused segments leaves it alone", _can_be_kept),
    Verb("allow_marking_as_unused", "Allow marking as unused", "", "The scan may mark it unused again", _some_kept),
    Verb("tags", "Tags…", "tag", "Add or remove tags", _none),
    Verb("copy_name", "Copy name", "", "Copy the names to the clipboard", _none, changes=False, in_table="Ctrl+C"),
    Verb("copy_id", "Copy ID", "", "Copy the IDs to the clipboard", _none, changes=False),
    Verb("compare", "Compare…", "", "Show how the members of 2 to 6 segments overlap", _two_to_six, changes=False),
    Verb("export", "Export…", "upload", "Write the segments or their members to a file", _none, changes=False),
    Verb("recompute", "Recompute", "refresh", "Compute the members now", _some_active, in_table="Ctrl+R"),
    Verb(
        "delete_permanently", "Delete permanently…", "trash", "Delete for good, after a backup", _none, in_table="Del",
        button="Delete",
    ),
)  # fmt: skip
ROW_MENU = (
    "open", "edit_rule", "", "clone", "deactivate", "resume_computation", "keep_active", "allow_marking_as_unused", "",
    "tags", "copy_name", "export", "", "delete_permanently",
)  # fmt: skip
SEGMENT_MENU = (
    "new_segment", "", "open", "edit_rule", "rename", "", "clone", "deactivate", "resume_computation", "recompute",
    "keep_active", "allow_marking_as_unused", "", "tags", "copy_name", "copy_id", "compare", "export", "",
    "delete_permanently",
)  # fmt: skip
TOOLBAR = ("new_segment", "resume_computation", "deactivate", "clone", "delete_permanently")


class SegmentActions(QObject):
    """The actions by name; `follow`, before they are shown and with each selection, brings texts and enablement
    in line with it, and says why not. `pressed(name)`."""

    pressed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions: dict[str, QAction] = {}
        for verb in VERBS:
            action = QAction(verb.text, parent)
            action.setObjectName(verb.name)
            if verb.icon:
                action.setIcon(icons.icon(verb.icon))
            if verb.button:
                action.setIconText(verb.button)
            if verb.key or verb.in_table:
                action.setShortcuts([QKeySequence(key) for key in (verb.key or verb.in_table).split()])
            action.triggered.connect(lambda checked=False, name=verb.name: self.pressed.emit(name))
            self._actions[verb.name] = action

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    @property
    def of_table(self) -> list[QAction]:
        """Those whose shortcuts work while the table has the focus, and only then."""
        return [self._actions[verb.name] for verb in VERBS if verb.in_table]

    def fill(self, menu: QMenu, names: tuple[str, ...]) -> None:
        """Put actions into a menu; '' is a line between groups."""
        menu.setToolTipsVisible(True)
        for name in names:
            if name:
                menu.addAction(self._actions[name])
            else:
                menu.addSeparator()

    def row_menu(self, parent: QWidget) -> QMenu:
        """A new row menu: of each pair that excludes the other, only what applies; nothing else is left out."""
        menu = QMenu(parent)
        menu.setAccessibleName("Row menu")
        self.fill(menu, ROW_MENU)
        allow = self._actions["allow_marking_as_unused"]
        if not allow.isEnabled():
            menu.removeAction(allow)
        menu.setDefaultAction(self._actions["open"])
        return menu

    def follow(self, chosen: Selection) -> None:
        """Enable what applies to a selection; what does not says why in its tooltip."""
        mixed = bool(chosen.active and chosen.inactive)
        self._actions["deactivate"].setText(f"Deactivate {chosen.active:,} active…" if mixed else "Deactivate")
        self._actions["resume_computation"].setText(
            f"Resume {chosen.inactive:,} inactive…" if mixed else "Resume computation"
        )
        for verb in VERBS:
            action = self._actions[verb.name]
            why_not = verb.why_not(chosen)
            if verb.changes and chosen.role is Role.VIEWER:
                why_not = "This needs the role Sequence Manager or System Administrator; you are Viewer here."
            action.setEnabled(not why_not)
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            about = f"{verb.about} ({keys})" if keys else verb.about
            action.setToolTip(why_not or about)
            action.setStatusTip("")
