"""One change of usage made by hand: what it touches, its activity entries, and all that follows from it.

Stands apart because every verb on assets and references must end in the same way as an import of usage does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from segment_manager.domain.changes import Change
from segment_manager.domain.errors import UnknownAsset
from segment_manager.operations.usage import clock_doubt, settle
from segment_manager.storage import asset_rows, queries, usage_rows
from segment_manager.storage.asset_rows import StoredAsset, StoredUse
from segment_manager.storage.change import LogEntry, OpenChange
from segment_manager.storage.workspace import Workspace


@dataclass(slots=True)
class UsageStep:
    """A change of usage under way: what it touches and how it is told. `outcome` is there when it is through."""

    change: OpenChange
    touched: set[int] = field(default_factory=set)
    sentences: list[str] = field(default_factory=list)
    any_change: bool = True
    outcome: Change = field(default_factory=lambda: Change(""))

    def say(self, sentence: str) -> None:
        """Tell what was done."""
        self.sentences.append(sentence)

    def nothing(self, sentence: str) -> None:
        """Tell why there was nothing to do."""
        self.sentences.append(sentence)
        self.any_change = False

    def asset(self, asset_row_id: int) -> StoredAsset:
        """The asset. Raises UnknownAsset."""
        return self.assets([asset_row_id])[0]

    def assets(self, ids: Sequence[int]) -> list[StoredAsset]:
        """The assets. Raises UnknownAsset where one is gone or none is given."""
        found = asset_rows.stored_assets(self.change, ids)
        if not found or len(found) < len(set(ids)):
            raise UnknownAsset("This asset is gone: somebody removed it. Refresh the list and choose again.")
        return found

    def uses(self, asset: StoredAsset, segment_ids: Sequence[int]) -> list[StoredUse]:
        """The asset's uses of segments. Raises UnknownAsset where it does not use one of them."""
        found = asset_rows.stored_uses(self.change, [asset.id], segment_ids)
        if not found or len(found) < len(set(segment_ids)):
            raise UnknownAsset(f"“{asset.name}” does not use this segment any more. Refresh and choose again.")
        return found

    def log(
        self, action: str, *, before: Mapping[str, object] | None = None, after: Mapping[str, object] | None = None
    ) -> None:
        """One activity entry about no segment."""
        self.change.log(before=before, after=after, action=action)

    def log_uses(
        self,
        action: str,
        assets: Iterable[StoredAsset],
        uses: Iterable[StoredUse],
        before: Mapping[str, object],
        after: Mapping[str, object],
    ) -> None:
        """One activity entry for each use of each asset; one for an asset that has none."""
        by_asset: dict[int, list[StoredUse]] = {}
        for use in uses:
            by_asset.setdefault(use.asset_id, []).append(use)
        self.change.log_many(
            [
                LogEntry(
                    use.segment_id if use else None,
                    use.segment_name if use else None,
                    before,
                    {str(asset.asset_type): asset.name, **after},
                )
                for asset in assets
                for use in by_asset.get(asset.id) or (None,)
            ],
            action=action,
        )


@contextmanager
def usage_step(workspace: Workspace, action: str, undo_label: str) -> Iterator[UsageStep]:
    """One undoable change of usage with all that follows from it. The role is checked first."""
    with workspace.change(action, undo_label) as change:
        doubt = clock_doubt(workspace)  # before this step's own activity
        usage_rows.remember_live(change)
        step = UsageStep(change)
        yield step
        if not step.any_change:
            change.undo_label = None
            step.outcome = Change(" ".join(step.sentences))
            return
        effects = settle(workspace, change, doubt)
        label = change.undo_label
    touched = frozenset(step.touched) | effects.touched
    step.outcome = Change(
        " ".join([*step.sentences, *effects.sentences]),
        changed=touched,
        undo_label=label,
        everything=not touched,
        to_compute=frozenset(queries.stale_ids(workspace, touched)) if touched else frozenset(),
    )
