"""An import of records, as a whole story through the real window."""

from __future__ import annotations

from segment_manager.storage import queries
from segment_manager.storage.workspace import Workspace
from tests.ui.window_scene import make_workspace, opened


def test_an_import_is_taken_in_by_active_segments(tmp_path, qtbot):
    """Once each, in the background; the list shows the new members, and Inactive segments stay as they were."""
    path = make_workspace(tmp_path / "w.segments")
    leads = tmp_path / "leads.csv"
    leads.write_text("Id,City\n1,Berlin\n2,Paris\n", encoding="utf-8")
    with opened(path, qtbot) as driver:
        driver.window.on_workspace.import_records.trigger()
        dialog = driver.dialog("Import records")
        dialog.set_file(leads)
        driver.settle()
        driver.press(dialog, "Import")
        driver.settle()
        members = {name: driver.table.model().index(row, 4).data() for row, name in enumerate(driver.shown())}
        assert members["Berlin trials"] == "2"
    workspace = Workspace.open(path)
    found = {each.name: each for each in queries.summaries(workspace)}
    assert (found["Berlin trials"].members, found["Berlin trials"].stale) == (2, False)
    assert (found["Old webinar"].members, found["Old webinar"].stale) == (None, True)
    assert [each.members for each in queries.computations(workspace, found["Berlin trials"].id)] == [2]
    workspace.close()
