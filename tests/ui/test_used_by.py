"""The card over 'Used by'."""

from __future__ import annotations

import pytest

from segment_manager.domain.usage import AssetState, AssetType
from segment_manager.operations import assets
from segment_manager.ui.assets import usage_card
from tests.operations import scenes
from tests.ui.assets_scene import make_world


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
