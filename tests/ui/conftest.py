"""What tests of the window's parts share."""

from __future__ import annotations

import pytest

from segment_manager.ui.jobs import Jobs


@pytest.fixture
def jobs(qtbot):
    """Jobs of the test's own; none may have failed unnoticed."""
    made = Jobs()
    failures = []
    made.failed.connect(failures.append)
    yield made
    made.close()
    assert failures == []
