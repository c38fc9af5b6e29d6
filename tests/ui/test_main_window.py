"""The window as a whole: names, selection, places that are remembered, appearance, other programs."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QTableView, QWidget

from segment_manager import paths
from segment_manager.app import open_window
from segment_manager.domain.errors import NotAWorkspace, WorkspaceInUse, WorkspaceMissing
from segment_manager.domain.segments import Status
from segment_manager.ui import settings, theme
from segment_manager.ui.segment_columns import Column
from tests.ui.window_scene import NAMES, opened


@pytest.mark.parametrize(
    "name", ["Record type", "Status filter", "Search segments", "Segments", "Segment details", "Jobs"]
)
def test_the_promised_names(driver, name):
    """Each part has its accessible name, and the same in snake_case as object name."""
    found = [each for each in driver.window.findChildren(QWidget) if each.accessibleName() == name]
    assert len(found) == 1
    assert found[0].objectName() == name.lower().replace(" ", "_")


def test_names_choices_and_role_are_there_at_once(path, qtbot):
    """Before any row is read the parts have their names, the dropdown its record types, the actions their role."""
    window = open_window(path)
    names = {each.accessibleName() for each in window.findChildren(QWidget)}
    assert {"Record type", "Status filter", "Search segments", "Segments", "Segment details", "Jobs"} <= names
    assert window.filter_bar.record_type.findText("Contact") >= 0
    assert window.actions_["new_segment"].isEnabled()
    window.filter_bar.record_type.setCurrentText("Contact")
    qtbot.waitUntil(lambda: window.list.shown.rowCount() == 1, timeout=5000)
    window.close()
    window.deleteLater()


def test_every_button_has_a_name(driver):
    """No icon button is without a name for a screen reader."""
    for each in driver.window.findChildren(QAbstractButton):
        if each.isVisible():
            assert each.text() or each.accessibleName(), (each.objectName(), each.parentWidget())


def test_sorting_keeps_the_selection(driver):
    """Sorting by any column, up and down, keeps selected segments selected and the current one current."""
    driver.select("Churn risk", "Free plan")
    current = driver.list.selection.current_id()
    for column in range(1, 10):
        for order in (Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder):
            driver.table.sortByColumn(column, order)
            assert driver.selected() == ["Churn risk", "Free plan"]
            assert driver.list.selection.current_id() == current


def test_ctrl_a_selects_what_the_filter_shows(driver):
    """Ctrl+A selects exactly what is shown, Ctrl+Shift+A nothing; Invert the others."""
    driver.qtbot.keyClick(driver.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert driver.selected() == sorted(NAMES)
    assert driver.window._told.text() == "6 selected of 6 matching (8 in all)"
    assert driver.list.view.header.box == Qt.CheckState.Checked
    driver.list.selection.select_none()
    assert driver.selected() == []
    assert driver.list.view.header.box == Qt.CheckState.Unchecked
    driver.select("Free plan")
    assert driver.list.view.header.box == Qt.CheckState.PartiallyChecked
    driver.list.selection.invert()
    assert driver.selected() == sorted(set(NAMES) - {"Free plan"})


def test_the_checkbox_column_toggles_one_row(driver):
    """A click in the checkbox column never clears the rest; the check state mirrors the selection."""
    for row in (1, 3):
        spot = driver.table.visualRect(driver.table.model().index(row, Column.CHECK)).center()
        driver.qtbot.mouseClick(driver.table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert len(driver.selected()) == 2
    states = [
        driver.table.model().index(row, Column.CHECK).data(Qt.ItemDataRole.CheckStateRole)
        for row in range(driver.table.model().rowCount())
    ]
    assert [row for row, state in enumerate(states) if Qt.CheckState(state) == Qt.CheckState.Checked] == [1, 3]
    spot = driver.table.visualRect(driver.table.model().index(1, Column.CHECK)).center()
    driver.qtbot.mouseClick(driver.table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert len(driver.selected()) == 1


def test_the_header_box_selects_all_and_none(driver):
    """The box in the header selects what is shown, then nothing, and does not sort."""
    header, before = driver.list.view.header, driver.shown()
    spot = header.rect().topLeft() + header.rect().topLeft()
    spot.setX(header.sectionViewportPosition(Column.CHECK) + 15)
    spot.setY(10)
    for expected in (len(NAMES), 0):
        driver.qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        assert len(driver.selected()) == expected
    assert driver.shown() == before
    assert header.sortIndicatorSection() == Column.NAME


def test_space_toggles(driver):
    """Space selects and deselects the current row and leaves the others as they are."""
    driver.select("Churn risk")
    driver.list.view.go_to(driver.shown().index("Free plan"))
    driver.qtbot.keyClick(driver.table, Qt.Key.Key_Space)
    assert driver.selected() == ["Churn risk", "Free plan"]
    driver.qtbot.keyClick(driver.table, Qt.Key.Key_Space)
    assert driver.selected() == ["Churn risk"]


def test_esc_clears_the_search_then_the_selection(driver):
    """Esc empties the search first; with nothing searched it clears the selection."""
    driver.window.filter_bar.search.setText("r")
    driver.select("Churn risk")
    driver.qtbot.keyClick(driver.table, Qt.Key.Key_Escape)
    assert driver.window.filter_bar.search.text() == ""
    assert driver.selected() == ["Churn risk"]
    driver.qtbot.keyClick(driver.table, Qt.Key.Key_Escape)
    assert driver.selected() == []


def test_a_pasted_nul_matches_nothing_more(driver):
    """Control characters in the search are left out; what is shown stays an honest search."""
    driver.window.filter_bar.search.setText("ber\0lin")
    assert driver.shown() == ["Berlin trials"]


def test_hints_are_said_in_the_status_bar(driver):
    """A field that does not exist is searched as text, with a hint."""
    driver.qtbot.keyClicks(driver.window.findChild(QLineEdit, "search_segments"), "statu:x")
    assert "Did you mean “status:”?" in driver.window._told.text()


def test_search_by_sequence(driver):
    """`sequence:` finds segments by the sequences that use them."""
    driver.window.filter_bar.search.setText("sequence:win")
    driver.until(lambda: driver.shown() == ["Berlin trials"])


def test_a_refresh_keeps_selection_and_scroll(driver):
    """Reading again with nothing changed emits nothing and keeps everything."""
    driver.select("Churn risk")
    seen = []
    driver.table.model().modelReset.connect(lambda: seen.append("reset"))
    driver.table.model().dataChanged.connect(lambda *_: seen.append("changed"))
    driver.window.menus.refresh.trigger()
    driver.settle()
    assert seen == []
    assert driver.selected() == ["Churn risk"]


def test_places_are_remembered(path, qtbot):
    """Widths, hidden columns, sorting, status and record type come back with the next window."""
    with opened(path, qtbot) as driver:
        driver.table.setColumnWidth(Column.NAME, 311)
        driver.table.setColumnHidden(Column.SEQUENCES, True)
        driver.table.sortByColumn(Column.MEMBERS, Qt.SortOrder.DescendingOrder)
        driver.window.filter_bar.choose_status(Status.INACTIVE)
    with opened(path, qtbot) as driver:
        assert driver.table.columnWidth(Column.NAME) == 311
        assert driver.table.isColumnHidden(Column.SEQUENCES)
        assert driver.table.horizontalHeader().sortIndicatorSection() == Column.MEMBERS
        assert len(driver.shown()) == 2
        assert driver.window.filter_bar.status is Status.INACTIVE


@pytest.mark.parametrize(
    "damage", ["", "{", "[1]", '{"workspaces": 3}', '{"workspaces": {"X": {"widths": {"Name": "wide"}, "status": 7}}}']
)
def test_damaged_settings_are_the_defaults(path, qtbot, damage):
    """Whatever stands in the settings file, the window opens with what fits."""
    file = paths.settings_folder() / "window.json"
    file.parent.mkdir(parents=True)
    file.write_text(damage.replace("X", str(path.resolve())), encoding="utf-8")
    with opened(path, qtbot) as driver:
        assert len(driver.shown()) == len(NAMES)
    assert isinstance(json.loads(file.read_text(encoding="utf-8")), dict)


@pytest.mark.parametrize("found", [None, [], {"geometry": [1, 2, 3]}, {"sort_column": "Nope", "order": ["Name", 3]}])
def test_checked_settings_never_raise(found):
    """A state is made of anything."""
    assert vars(settings.checked(found)) == vars(settings.WindowState())


def test_one_window_a_workspace(driver, path):
    """A second window on the same workspace is refused with a clear sentence; the first goes on."""
    with pytest.raises(WorkspaceInUse, match="open in another window"):
        open_window(path)
    assert driver.window.isVisible()


def test_what_is_no_workspace_is_said_so(tmp_path, qtbot):
    """A missing file and a foreign one raise their reasons, and no lock file is left."""
    foreign = tmp_path / "x.segments"
    foreign.write_text("hello", encoding="utf-8")
    with pytest.raises(NotAWorkspace):
        open_window(foreign)
    with pytest.raises(WorkspaceMissing):
        open_window(tmp_path / "none.segments")
    assert not list(tmp_path.glob("*.lock"))


@pytest.mark.parametrize("appearance", list(theme.Appearance))
def test_every_appearance_paints(driver, appearance):
    """The window is drawn in each appearance, and follows at once."""
    theme.apply(appearance)
    assert not driver.window.grab().isNull()
    assert QApplication.palette().window().color().name() == theme.colours().window
    theme.apply(theme.Appearance.SYSTEM)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK, theme.HIGH_CONTRAST], ids=["light", "dark", "contrast"])
@pytest.mark.parametrize("ink", ["text", "muted", "active", "inactive", "unused", "warning", "danger", "accent"])
def test_text_is_readable(colours, ink):
    """Every text colour reaches 4.5:1 on the table, the window and the row under the pointer."""
    for back in ("base", "window", "hover"):
        one, other = sorted((luminance(getattr(colours, ink)), luminance(getattr(colours, back))))
        assert (other + 0.05) / (one + 0.05) >= 4.5, (ink, back)


def test_a_selection_of_single_cells_counts_rows_once(driver):
    """However ranges overlap, each segment counts once."""
    model = driver.table.selectionModel()
    for column in (1, 2, 3):
        model.select(driver.table.model().index(0, column), QItemSelectionModel.SelectionFlag.Select)
    assert len(driver.list.selection.selected_ids()) == 1
    assert isinstance(driver.table, QTableView)


def test_rows_follow_the_font(driver):
    """A larger font comes with the next appearance, and rows are as high as its lines."""
    before = driver.table.rowHeight(0)
    font, larger = QApplication.font(), QApplication.font()
    larger.setPointSize(font.pointSize() * 2)
    try:
        QApplication.setFont(larger)
        theme.apply(theme.Appearance.DARK)
        driver.until(lambda: driver.table.rowHeight(0) > before)
        assert driver.table.rowHeight(0) == driver.table.fontMetrics().height() + 13
    finally:
        QApplication.setFont(font)
        theme.apply(theme.Appearance.SYSTEM)
    driver.until(lambda: driver.table.rowHeight(0) == before)


def test_the_bar_of_the_current_row_stays(driver):
    """Where its checkbox alone is painted anew, as when the pointer leaves it, the bar is there all the same."""
    driver.window.list.view.go_to(0)
    driver.settle()
    view = driver.table
    cell = view.visualRect(view.model().index(0, Column.CHECK))

    def bar():
        return view.viewport().grab(cell).toImage().pixelColor(1, cell.height() // 2).name()

    assert bar() == theme.colours().accent
