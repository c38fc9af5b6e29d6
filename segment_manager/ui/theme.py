"""How the program looks: one calm Fusion theme in light, dark and high contrast.

Stands apart so that colours have names (`colours().active`) and every view follows a change of theme live.
"""

# Annotations are evaluated here, not kept as texts: each text of a named tuple's field is compiled at every start.

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from segment_manager.ui import stylesheet


class Appearance(StrEnum):
    """What the person chose; System follows the platform while the program runs."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high contrast"


class Colours(NamedTuple):
    """Named colours as '#rrggbb'. Text colours reach 4.5:1 on `base` and `window`, shapes 3:1."""

    window: str
    base: str
    raised: str  # buttons, header, menus
    hover: str
    border: str
    line: str  # between rows
    text: str
    muted: str
    accent: str
    on_accent: str
    selection: str
    on_selection: str
    active: str
    inactive: str
    unused: str
    warning: str
    danger: str
    on_danger: str
    notice: str  # background of the result bar
    dark: bool


LIGHT = Colours(
    window="#f4f5f8", base="#ffffff", raised="#ffffff", hover="#eef2f9", border="#cbd2dc", line="#eceff3",
    text="#1a2230", muted="#566274", accent="#2a5bc4", on_accent="#ffffff",
    selection="#dbe6fb", on_selection="#10203f",
    active="#18794a", inactive="#566274", unused="#8f5a00", warning="#8f5a00",
    danger="#b3261e", on_danger="#ffffff", notice="#e9effb", dark=False,
)  # fmt: skip
DARK = Colours(
    window="#1a1e25", base="#13171d", raised="#242a33", hover="#202731", border="#3a4352", line="#20262f",
    text="#e3e8ef", muted="#9aa6b7", accent="#8db2fa", on_accent="#0e1a30",
    selection="#27406e", on_selection="#f2f6fe",
    active="#5fce94", inactive="#9aa6b7", unused="#e3b052", warning="#e3b052",
    danger="#ff8f86", on_danger="#2a0a08", notice="#222c3d", dark=True,
)  # fmt: skip
HIGH_CONTRAST = Colours(
    window="#000000", base="#000000", raised="#000000", hover="#1f1f1f", border="#ffffff", line="#6e6e6e",
    text="#ffffff", muted="#ffffff", accent="#ffe14d", on_accent="#000000",
    selection="#ffe14d", on_selection="#000000",
    active="#6dff9c", inactive="#ffffff", unused="#ffd24d", warning="#ffd24d",
    danger="#ff9c94", on_danger="#000000", notice="#000000", dark=True,
)  # fmt: skip


class _Theme(QObject):
    """The one theme of the process. `changed` comes after palette and style sheet were set."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.appearance = Appearance.SYSTEM
        self.colours = LIGHT
        self.applied = False


_theme = _Theme()


def colours() -> Colours:
    """The colours in use now."""
    return _theme.colours


def appearance() -> Appearance:
    """What was chosen last."""
    return _theme.appearance


def changed() -> SignalInstance:
    """The signal that tells of another palette; connect repaints to it."""
    return _theme.changed


def applied() -> bool:
    """Whether the theme was set already in this process."""
    return _theme.applied


ARGUMENTS = ("-style", "fusion")
"""Start a QApplication with our style, which `apply` then need not set."""


def apply(choice: Appearance = Appearance.SYSTEM, *, has_style: bool = False) -> None:
    """Set style, palette and style sheet of the running QApplication, and follow the platform from now on.

    `has_style`: it was started with ARGUMENTS. Setting a style costs 7 ms, since PySide6 hands it back as an object.
    """
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        return
    first = not _theme.applied
    _theme.applied = True
    if first and not has_style:
        application.setStyle("Fusion")
    if first:
        QGuiApplication.styleHints().colorSchemeChanged.connect(_follow)
    _theme.appearance = choice
    chosen = _colours_for(choice)
    if first or chosen is not _theme.colours:
        _theme.colours = chosen
        application.setPalette(palette(chosen))
        application.setStyleSheet(stylesheet.text(chosen, _icon_folder()))
        _theme.changed.emit()


def _follow() -> None:
    if _theme.appearance is Appearance.SYSTEM:
        apply(Appearance.SYSTEM)


def _colours_for(choice: Appearance) -> Colours:
    if choice is Appearance.SYSTEM:
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return DARK if dark else LIGHT
    return {Appearance.LIGHT: LIGHT, Appearance.DARK: DARK, Appearance.HIGH_CONTRAST: HIGH_CONTRAST}[choice]


def _icon_folder() -> Path:
    from segment_manager.ui import icons

    return icons.folder()


def palette(of: Colours) -> QPalette:
    """A whole palette made of the named colours, disabled group too."""
    made = QPalette()
    role = QPalette.ColorRole
    shown = {
        role.Window: of.window, role.WindowText: of.text, role.Base: of.base, role.AlternateBase: of.hover,
        role.Text: of.text, role.Button: of.raised, role.ButtonText: of.text, role.BrightText: of.danger,
        role.ToolTipBase: of.raised, role.ToolTipText: of.text, role.PlaceholderText: of.muted,
        role.Highlight: of.selection, role.HighlightedText: of.on_selection, role.Link: of.accent,
        role.LinkVisited: of.accent, role.Accent: of.accent, role.Light: of.raised, role.Midlight: of.hover,
        role.Mid: of.border, role.Dark: of.border, role.Shadow: of.border,
    }  # fmt: skip
    for each, colour in shown.items():
        made.setColor(each, QColor(colour))
    faded = mixed(of.text, of.window, 0.5)
    for each in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, each, faded)
    made.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(of.border))
    return made


def mixed(one: str, other: str, share: float) -> QColor:
    """A colour between two, `share` of the first."""
    a, b = QColor(one), QColor(other)
    return QColor(
        round(a.red() * share + b.red() * (1 - share)),
        round(a.green() * share + b.green() * (1 - share)),
        round(a.blue() * share + b.blue() * (1 - share)),
    )
