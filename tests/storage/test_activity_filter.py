"""The activity, filtered: every part alone and together, in pages, and what was reused last."""

from __future__ import annotations

from datetime import timedelta

import pytest

from segment_manager.domain.plans import Action
from segment_manager.operations import exports
from segment_manager.storage import queries
from segment_manager.storage.queries import history
from segment_manager.storage.queries.history import ActivityFilter
from tests.operations import scenes


@pytest.fixture
def world(workspace, clock):
    """Two segments made on one day and deactivated two days later, one of them gone on the day after."""
    scenes.add_leads(workspace, [("L1", "Berlin")])
    for name in ("Ärzte Berlin", "Paris"):
        scenes.add_segment(workspace, name, scenes.city_is("Berlin"))
    clock.now += timedelta(days=2)
    scenes.do(workspace, Action.DEACTIVATE, "Ärzte Berlin", "Paris")
    clock.now += timedelta(days=1)
    scenes.do(workspace, Action.DELETE, "Paris")
    return workspace


def told(workspace, only):
    entries = queries.activity(workspace, only=only)
    assert history.activity_count(workspace, only) == len(entries)
    return [(each.action, *each.segments) for each in entries]


def test_each_part_filters(world, clock):
    """A part of a name whatever its case, an action, a person, a time; names of deleted segments too."""
    assert told(world, ActivityFilter(segment="ÄRZTE")) == [
        ("deactivate", "Ärzte Berlin"), ("create", "Ärzte Berlin"),
    ]  # fmt: skip
    assert told(world, ActivityFilter(segment="paris"))[0] == ("delete", "Paris")
    assert told(world, ActivityFilter(action="deactivate")) == [("deactivate", "Paris"), ("deactivate", "Ärzte Berlin")]
    assert told(world, ActivityFilter(who="nobody")) == []
    assert len(told(world, ActivityFilter(who="ada"))) == len(told(world, ActivityFilter()))
    assert told(world, ActivityFilter(since=clock.now)) == [("delete", "Paris")]
    day = timedelta(days=1)
    assert {each[0] for each in told(world, ActivityFilter(since=clock.now - day, until=clock.now))} == {"deactivate"}


def test_parts_hold_together_and_nothing_is_found_by_a_wild_card(world):
    """All parts must hold; %, _ and quotes mean themselves."""
    assert told(world, ActivityFilter(segment="paris", action="create")) == [("create", "Paris")]
    for odd in ("%", "_", "' OR 1=1 --", '"'):
        assert told(world, ActivityFilter(segment=odd)) == []


def test_pages_of_a_filter(world):
    """Older rows follow by the number of the last one seen."""
    only = ActivityFilter(action="deactivate")
    (first,) = queries.activity(world, only=only, limit=1)
    (second,) = queries.activity(world, only=only, limit=5, before=first.seq)
    assert [first.segments, second.segments] == [("Paris",), ("Ärzte Berlin",)]


def test_what_can_be_chosen(world):
    """Everybody and everything that the log names."""
    assert history.activity_people(world) == ["ada"]
    assert {"create", "deactivate", "delete"} <= set(history.activity_actions(world))


def test_an_export_follows_the_filter(world):
    """The rows of the file are those of the filter."""
    rows = list(exports.activity(world, only=ActivityFilter(action="delete")).rows())
    assert [row["segments"] for row in rows] == [("Paris",)]


def test_what_was_reused_last(world):
    """The segments of the newest step alone, until another step follows."""
    assert history.reused(world) == ()
    scenes.use(world, ("campaign", "Spring", "live", "Ärzte Berlin"))
    assert history.reused(world) == tuple(scenes.ids(world, "Ärzte Berlin"))
    scenes.do(world, Action.KEEP_ACTIVE, "Ärzte Berlin")
    assert history.reused(world) == ()
