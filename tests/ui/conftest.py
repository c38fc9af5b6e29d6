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


@pytest.fixture
def builder(qtbot):
    """A rule builder for leads, shown, which knows two segments."""
    from segment_manager.ui.rule_builder import RuleBuilder
    from tests.ui.rule_builder_scene import LEAD

    made = RuleBuilder(LEAD, ["Berlin trials", "Old webinar"])
    qtbot.addWidget(made)
    made.resize(820, 600)
    made.show()
    return made
