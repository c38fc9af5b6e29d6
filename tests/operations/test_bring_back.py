"""Deleted segments come back from the backup that the deletion made."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from segment_manager.domain.errors import NameTaken, NotAWorkspace, NotPermitted, UnknownSegment
from segment_manager.domain.plans import Action
from segment_manager.operations import bring_back, care, computation, history
from segment_manager.operations.jobs import finish
from segment_manager.storage import queries
from segment_manager.storage.database import SCHEMA_VERSION
from segment_manager.storage.workspace import Workspace
from tests.conftest import Clock
from tests.operations import scenes


@pytest.fixture
def world(workspace):
    """'Berlin' (tagged, used by a sequence) and 'Not Berlin' that refers to it."""
    scenes.add_leads(workspace, [("L1", "Berlin"), ("L2", "Paris")])
    scenes.add_segment(workspace, "Berlin", scenes.city_is("Berlin"))
    scenes.add_segment(workspace, "Not Berlin", '{"op":"not_in_segment","value":"Berlin"}')
    scenes.use(workspace, ("sequence", "Win-back", "live", "Berlin"))
    return workspace


def deleted(world) -> Path:
    return Path(scenes.do(world, Action.DELETE, "Berlin", "Not Berlin").backup)


def test_segments_come_back_with_rule_members_and_references(world):
    """Under their old ids, with their history; records that came meanwhile are taken in."""
    before = scenes.ids(world, "Berlin", "Not Berlin")
    backup = deleted(world)
    scenes.add_leads(world, [("L3", "Berlin")])
    found = bring_back.in_backup(world, backup)
    assert [(each.name, each.members, each.name_taken) for each in found] == [
        ("Berlin", 1, False),
        ("Not Berlin", 1, False),
    ]
    change = bring_back.bring_back(world, backup, [each.id for each in found])
    assert scenes.ids(world, "Berlin", "Not Berlin") == before
    assert scenes.member_keys(world, "Berlin") == ["L1"]
    assert [each.asset_name for each in queries.references(world, before[0])] == ["Win-back"]
    assert [each.name for each in queries.dependents(world, before[0])] == ["Not Berlin"]
    finish(computation.compute(world, sorted(change.to_compute)))
    assert scenes.member_keys(world, "Berlin") == ["L1", "L3"]
    assert scenes.connected(world).keys() == {("Win-back", "L1"), ("Win-back", "L3")}
    assert care.check(world) == []
    history.undo(world)
    assert queries.all_segment_names(world, 1) == []


def test_a_segment_whose_rule_lacks_another_is_broken_until_that_one_is_there(world):
    """Brought back alone it matches nobody new and keeps its members; with the other it heals and is computed."""
    _, other = scenes.ids(world, "Berlin", "Not Berlin")
    bring_back.bring_back(world, deleted(world), [other])
    assert queries.segment_detail(world, other).missing == ("segment “Berlin”",)
    assert scenes.member_keys(world, "Not Berlin") == ["L2"]
    assert queries.stale_ids(world) == []
    scenes.add_leads(world, [("L3", "Rome")])
    assert scenes.member_keys(world, "Not Berlin") == ["L2"]
    scenes.add_segment(world, "berlin", scenes.city_is("Berlin"))
    assert not queries.segment_detail(world, other).missing
    assert scenes.member_keys(world, "Not Berlin") == ["L2", "L3"]
    history.undo(world)
    assert queries.segment_detail(world, other).missing == ("segment “Berlin”",)
    assert care.check(world) == []


def test_what_cannot_come_back_is_told(world, tmp_path):
    """A name that is taken, an id that is not there, a backup of another workspace, a Viewer."""
    (berlin, _) = scenes.ids(world, "Berlin", "Not Berlin")
    backup = deleted(world)
    with pytest.raises(UnknownSegment):
        bring_back.bring_back(world, backup, [99])
    scenes.add_segment(world, "BERLIN", scenes.city_is("Berlin"))
    with pytest.raises(NameTaken):
        bring_back.bring_back(world, backup, [berlin])
    other = Workspace.create(tmp_path / "other.segments", login="ada")
    with pytest.raises(NotAWorkspace, match="another workspace"):
        bring_back.in_backup(other, backup)
    other.close()
    viewer = Workspace.open(world.path, login="vi")
    with pytest.raises(NotPermitted):
        bring_back.bring_back(viewer, backup, [berlin])
    viewer.close()


@pytest.mark.parametrize("schema", range(1, SCHEMA_VERSION))
def test_segments_come_back_from_a_backup_of_an_earlier_version(tmp_path, schema):
    """It is read as it is, wherever it keeps status and reason, and does not change by a byte."""
    backup, path = tmp_path / "former.segments", tmp_path / "w.segments"
    schemas = Path(__file__).parent.parent / "storage" / "schemas"
    backup.write_bytes(gzip.decompress((schemas / f"{schema}.segments.gz").read_bytes()))
    path.write_bytes(backup.read_bytes())
    former = backup.read_bytes()
    workspace = Workspace.open(path, login="ada", clock=Clock())
    tables = ("segment", "segment_state", "segment_tag", "reference")
    before = scenes.dump(workspace, tables)
    scenes.do(workspace, Action.DELETE, "Berliners", "Everyone", "Parisians", anyway=True)
    found = bring_back.in_backup(workspace, backup)
    assert [each.name for each in found] == ["Berliners", "Everyone", "Parisians"]
    bring_back.bring_back(workspace, backup, [each.id for each in found])
    after = scenes.dump(workspace, tables)
    assert [row[1:] for row in after.pop("reference")] == [row[1:] for row in before.pop("reference")]
    assert after == before
    assert backup.read_bytes() == former
    workspace.close()
