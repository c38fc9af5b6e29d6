"""The style sheet of the theme, written once over named colours.

Stands apart from theme.py because it is only text; what the palette can say is left to the palette.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segment_manager.ui.theme import Colours

_SHEET = """
QMainWindow, QDialog { background: $window; }
QMenuBar { background: $window; padding: 2px 4px; }
QMenuBar::item { padding: 4px 9px; border-radius: 4px; }
QMenuBar::item:selected { background: $selection; color: $on_selection; }
QMenu { background: $raised; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 26px 5px 10px; border-radius: 4px; }
QMenu::item:selected { background: $selection; color: $on_selection; }
QMenu::item:disabled { color: $faded; background: transparent; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 6px; }

QPushButton, QToolButton {
  background: $raised; border: 1px solid $border; border-radius: 5px; padding: 4px 12px; min-height: 18px; }
QToolButton { padding: 4px 9px; }
QPushButton:hover, QToolButton:hover { background: $hover; border-color: $muted; }
QPushButton:pressed, QToolButton:pressed { background: $selection; color: $on_selection; }
QPushButton:focus, QToolButton:focus { border: 2px solid $accent; padding: 3px 11px; }
QToolButton:focus { padding: 3px 8px; }
QPushButton:disabled, QToolButton:disabled { color: $faded; background: transparent; border-color: $line_strong; }
QPushButton:default { border-color: $accent; }
QToolButton[popupMode="1"], QToolButton[popupMode="2"] { padding-right: 20px; }
QToolButton::menu-indicator { image: url($icons/chevron-down-grey.png); width: 12px; height: 12px;
  subcontrol-origin: padding; subcontrol-position: right center; right: 5px; }

QPushButton[kind="primary"], QToolButton[kind="primary"] {
  background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton[kind="primary"]:hover, QToolButton[kind="primary"]:hover {
  background: $accent_hover; border-color: $accent_hover; }
QPushButton[kind="primary"]:focus, QToolButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled, QToolButton[kind="primary"]:disabled {
  background: transparent; color: $faded; border-color: $line_strong; font-weight: 400; }
QPushButton[kind="destructive"] { color: $danger; border-color: $danger; font-weight: 600; }
QPushButton[kind="destructive"]:hover { background: $danger; color: $on_danger; }
QPushButton[kind="destructive"]:focus { border: 2px solid $danger; }
QPushButton[kind="destructive"]:disabled { color: $faded; border-color: $line_strong; font-weight: 400; }
QPushButton[kind="link"], QToolButton[kind="link"] {
  background: transparent; border: 1px solid transparent; color: $accent; padding: 2px 6px; text-align: left; }
QPushButton[kind="link"]:hover, QToolButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus, QToolButton[kind="link"]:focus { border: 1px solid $accent; }
QToolButton[kind="bare"] { background: transparent; border: 1px solid transparent; padding: 2px; }
QToolButton[kind="bare"]:hover { background: $hover; border-color: $border; }
QToolButton[kind="bare"]:focus { border: 1px solid $accent; }
QToolButton[kind="row"] { background: $raised; border: 1px solid $border; padding: 0px 4px; min-height: 0; }
QToolButton[kind="row"]:hover { background: $selection; color: $on_selection; border-color: $accent; }

QPushButton[segment="first"], QPushButton[segment="middle"], QPushButton[segment="last"] {
  border-radius: 0; padding: 4px 13px; margin: 0; }
QPushButton[segment="first"] { border-top-left-radius: 5px; border-bottom-left-radius: 5px; }
QPushButton[segment="last"] { border-top-right-radius: 5px; border-bottom-right-radius: 5px; }
QPushButton[segment="middle"] { border-left: 0; border-right: 0; }
QPushButton[segment]:checked { background: $selection; color: $on_selection; border-color: $accent; }
QPushButton[segment="middle"]:checked { border: 1px solid $accent; padding: 4px 12px; }
QPushButton[segment]:focus { border: 2px solid $accent; padding: 3px 12px; }

QLineEdit > QToolButton, QLineEdit > QToolButton:hover, QLineEdit > QToolButton:pressed {
  border: 0; background: transparent; padding: 0; min-height: 0; }

QLineEdit, QPlainTextEdit, QTextEdit {
  background: $base; color: $text; border: 1px solid $border; border-radius: 5px; padding: 3px 7px;
  selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit { min-height: 20px; }
QAbstractSpinBox { min-height: 24px; }
QAbstractSpinBox > QLineEdit, QComboBox > QLineEdit {
  border: 0; padding: 0 4px; min-height: 0; background: transparent; }
QLineEdit#search_segments { padding: 0 7px; min-height: 26px; }
QLineEdit#search_segments:focus { padding: 0 6px; min-height: 24px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus { border: 2px solid $accent; padding: 2px 6px; }
QAbstractSpinBox > QLineEdit:focus, QComboBox > QLineEdit:focus { border: 0; padding: 0 4px; }
QLineEdit:disabled, QPlainTextEdit:disabled { background: $window; color: $faded; }
QComboBox { background: $raised; border: 1px solid $border; border-radius: 5px; padding: 3px 9px; min-height: 20px; }
QComboBox:hover { border-color: $muted; }
QComboBox:focus, QComboBox:on { border: 2px solid $accent; padding: 2px 8px; }
QComboBox::drop-down { border: 0; width: 22px; }
QComboBox::down-arrow { image: url($icons/chevron-down-grey.png); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $border; padding: 3px; outline: 0;
  selection-background-color: $selection; selection-color: $on_selection; }

QCheckBox::indicator, QGroupBox::indicator, QAbstractItemView::indicator {
  width: 14px; height: 14px; border: 1px solid $muted; border-radius: 3px; background: $base; }
QCheckBox::indicator:checked, QGroupBox::indicator:checked, QAbstractItemView::indicator:checked {
  background: $accent; border-color: $accent; image: url($icons/check-$tick.svg); }
QCheckBox::indicator:indeterminate, QAbstractItemView::indicator:indeterminate {
  background: $accent; border-color: $accent; image: url($icons/dash-$tick.svg); }
QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $muted; border-radius: 8px; background: $base; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid $accent; background: $base; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $faded; }
QCheckBox::indicator:checked:disabled { background: $faded; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }

QTableView, QListView, QTreeView { background: $base; border: 1px solid $border; outline: 0;
  selection-background-color: $selection; selection-color: $on_selection; }
QTableView#segments { border: 0; border-top: 1px solid $border; }
QHeaderView { background: $window; border: 0; }
QHeaderView::section { background: $window; color: $muted; border: 0; border-bottom: 1px solid $border;
  border-right: 1px solid $line_strong; padding: 5px 8px; font-weight: 600; }
QHeaderView::section:hover { color: $text; background: $hover; }
QHeaderView::up-arrow { image: url($icons/chevron-up-grey.png); width: 12px; height: 12px;
  subcontrol-origin: padding; subcontrol-position: center right; right: 6px; }
QHeaderView::down-arrow { image: url($icons/chevron-down-grey.png); width: 12px; height: 12px;
  subcontrol-origin: padding; subcontrol-position: center right; right: 6px; }
QTableCornerButton::section { background: $window; border: 0; }

QTabWidget::pane { border: 0; border-top: 1px solid $border; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $muted; padding: 7px 12px; border: 0;
  border-bottom: 2px solid transparent; }
QTabWidget#details_tabs QTabBar::tab { padding: 7px 6px; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; font-weight: 600; }
QTabBar::tab:focus { color: $accent; }
QSplitter::handle { background: $border; }
QSplitter::handle:hover { background: $accent; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QStatusBar { background: $window; border-top: 1px solid $border; }
QStatusBar::item { border: 0; }
QProgressBar { background: $line_strong; border: 0; border-radius: 3px; height: 6px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QGroupBox { border: 1px solid $border; border-radius: 6px; margin-top: 10px; padding: 10px; }
QGroupBox::title { subcontrol-origin: margin; left: 10px; padding: 0 4px; color: $muted; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $scroll; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QFrame#result_bar { background: $notice; border: 0; border-top: 1px solid $border; }
QFrame#shown_set { background: $notice; border: 0; border-top: 1px solid $border; }
QWidget#job_bar { background: transparent; }
QLabel[role="heading"] { font-size: $heading; font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="error"] { color: $danger; }
QFrame[role="rule"] { background: $border; border: 0; max-height: 1px; min-height: 1px; }
QFrame[role="card"] { background: $base; border: 1px solid $border; border-radius: 8px; }
"""


def text(colours: Colours, icons: Path) -> str:
    """The whole sheet in these colours; `icons` is the folder of the two arrow pictures that a style sheet needs."""
    from segment_manager.ui.theme import mixed

    values = colours._asdict() | {
        "icons": icons.as_posix(),
        "faded": mixed(colours.text, colours.window, 0.5).name(),
        "line_strong": mixed(colours.border, colours.window, 0.6).name(),
        "accent_hover": mixed(colours.accent, colours.text, 0.85).name(),
        "scroll": mixed(colours.muted, colours.window, 0.45).name(),
        "heading": "13pt",
        "tick": "black" if colours.dark else "white",
    }
    sheet = _SHEET
    for name in sorted(values, key=len, reverse=True):  # 'accent_hover' before 'accent'
        sheet = sheet.replace(f"${name}", str(values[name]))
    return sheet
