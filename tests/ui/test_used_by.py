"""The column 'Used by': what a click on it opens, and the card over it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from segment_manager.domain.usage import AssetState, AssetType
from segment_manager.operations import assets
from segment_manager.ui.assets import usage_card
from tests.operations import scenes
from tests.ui.assets_scene import make_world
from tests.ui.window_scene import make_workspace, opened


@pytest.fixture
def world(workspace, clock):
    """Segments S and T, U whose rule uses S, V whose rule uses U; four assets; no automatic scan."""
    return make_world(workspace, clock)


def test_the_card_names_what_uses_a_segment(world):
    """By group, in plain text, at most ten names each; a segment that nothing uses says so."""
    (one,) = scenes.ids(world, "S")
    assert usage_card(world, one) == (
        "Live (1)\n•  Win-back (sequence)\n\nDraft and paused (1)\n•  Spring & <b>sun</b> (campaign)\n\n"
        "Ended (1)\n•  Onboarding (journey)\n\nRules of segments (1)\n•  U"
    )
    for number in range(12):
        assets.add_asset(world, AssetType.COHORT, None, f"C{number:02}", AssetState.LIVE, segment_ids=[one])
    card = usage_card(world, one)
    assert "Analytics (12)\n•  C00 (cohort)" in card
    assert "•  C09 (cohort)\nand 2 more" in card
    assert usage_card(world, scenes.ids(world, "V")[0]) == "Nothing uses this segment."


def test_the_card_over_used_by(qtbot, tmp_path, monkeypatch):
    """Resting over the cell shows the assets by name; when the pointer has gone meanwhile, nothing shows."""
    from PySide6.QtGui import QCursor, QHelpEvent
    from PySide6.QtWidgets import QToolTip

    from segment_manager.ui.segment_columns import Column

    with opened(make_workspace(tmp_path / "w.segments"), qtbot) as driver:
        cards = []
        monkeypatch.setattr(QToolTip, "showText", lambda spot, text, *rest: cards.append(text))
        index = driver.table.model().index(driver.shown().index("Berlin trials"), Column.USED_BY)
        spot = driver.table.visualRect(index).center()
        place = driver.table.viewport().mapToGlobal(spot)
        monkeypatch.setattr(QCursor, "pos", lambda: place)
        QApplication.sendEvent(driver.table.viewport(), QHelpEvent(QHelpEvent.Type.ToolTip, spot, place))
        driver.until(lambda: len(cards) == 1)
        assert "Live (1)" in cards[0]
        assert "Win-back Q4 (sequence)" in cards[0]
        monkeypatch.setattr(QCursor, "pos", lambda: driver.table.viewport().mapToGlobal(spot * 0))
        QApplication.sendEvent(driver.table.viewport(), QHelpEvent(QHelpEvent.Type.ToolTip, spot, place))
        driver.settle()
        assert len(cards) == 1


def test_a_click_on_used_by_opens_the_usage(qtbot, tmp_path):
    """The cell tells live uses from others, sorts by them, and a click in it opens the Usage tab."""
    from segment_manager.ui.segment_columns import Column

    with opened(make_workspace(tmp_path / "w.segments"), qtbot) as driver:
        model = driver.table.model()
        told = {driver.shown()[row]: model.index(row, Column.USED_BY).data() for row in range(model.rowCount())}
        assert told["Berlin trials"] == "1 live"
        assert told["Churn risk"] == "1 draft or paused"
        assert told["Free plan"] == "–"
        driver.table.sortByColumn(Column.USED_BY, Qt.SortOrder.DescendingOrder)
        assert set(driver.shown()[:2]) == {"Berlin trials", "Dormant leads"}
        row = driver.shown().index("Churn risk")
        spot = driver.table.visualRect(model.index(row, Column.USED_BY)).center()
        qtbot.mouseClick(driver.table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        tabs = driver.window._details._tabs
        assert tabs.tabText(tabs.currentIndex()) == "Usage"
        assert driver.list.selection.current_id() == driver.list.shown.summary(row).id
