"""The verbs on assets and their references, as people use them by hand.

Stands apart from usage.py, which takes in whole files: every verb here is one undoable step with its activity entries,
and ends like an import does, with reuse, connections and the scan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from segment_manager.domain.changes import Change
from segment_manager.domain.errors import (
    AssetExists,
    AssetKept,
    InvalidDates,
    NameInvalid,
    UnknownSegment,
)
from segment_manager.domain.segments import clean_name, folded_name
from segment_manager.domain.usage import AssetState, AssetType
from segment_manager.operations.usage_effects import UsageStep, usage_step
from segment_manager.storage import asset_rows
from segment_manager.storage.asset_rows import StoredAsset
from segment_manager.storage.workspace import Workspace

ID_LIMIT = 200


def add_asset(
    workspace: Workspace,
    asset_type: AssetType,
    asset_id: str | None,
    name: str,
    state: AssetState,
    *,
    segment_ids: Sequence[int] = (),
    started_on: date | None = None,
    ended_on: date | None = None,
) -> Change:
    """Add an asset, and perhaps its first uses of segments. Without an id one is made from the name.

    Raises NameInvalid, AssetExists, UnknownSegment, InvalidDates, NotPermitted.
    """
    name = _clean(name)
    _must_follow(started_on, ended_on)
    with usage_step(workspace, "add assets", f"adding of {asset_type} “{name}”") as step:
        taken = asset_rows.ids_taken(step.change, asset_type)
        given = " ".join((asset_id or "").split())
        if len(given) > ID_LIMIT:
            raise NameInvalid(f"The id has {len(given)} characters; at most {ID_LIMIT} are possible.")
        if given in taken:
            raise AssetExists(f"There is a {asset_type} with the id “{given}” already. Choose another id.")
        made = given or _id_from(name, asset_type, taken)
        row_id = asset_rows.insert_asset(step.change, asset_type, made, name, state)
        step.log("asset added", after={str(asset_type): name, "id": made, "state": state})
        if segment_ids:
            linked, _ = _link(step, step.asset(row_id), segment_ids, started_on, ended_on)
            step.say(f"Added {asset_type} “{name}”, which uses {_segments(linked)}.")
        else:
            step.say(f"Added {asset_type} “{name}”.")
    return step.outcome


def edit_asset(
    workspace: Workspace, asset_row_id: int, *, name: str | None = None, state: AssetState | None = None
) -> Change:
    """Change what is given of an asset. Raises UnknownAsset, NameInvalid, NotPermitted."""
    with usage_step(workspace, "edit assets", "") as step:
        asset = step.asset(asset_row_id)
        step.change.undo_label = f"editing of {_called(asset)}"
        new_name = asset.name if name is None or name == asset.name else _clean(name)
        new_state = state or asset.state
        if (new_name, new_state) == (asset.name, asset.state):
            step.nothing(f"{_upper(_called(asset))} is as it was.")
        else:
            before, after = _difference(
                {"name": asset.name, "state": asset.state}, {"name": new_name, "state": new_state}
            )
            uses = asset_rows.stored_uses(step.change, [asset.id])
            asset_rows.set_asset(step.change, asset.id, new_name, new_state)
            step.log_uses("asset changed", [asset], [use for use in uses if not use.over], before, after)
            step.touched |= {use.segment_id for use in uses}
            step.say(f"Saved {asset.asset_type} “{new_name}”.")
    return step.outcome


def end_asset(workspace: Workspace, ids: Sequence[int]) -> Change:
    """End assets: they keep no segment active any more, and stay in the list. Raises UnknownAsset, NotPermitted."""
    with usage_step(workspace, "end assets", "") as step:
        chosen = step.assets(ids)
        ending = [asset for asset in chosen if asset.state is not AssetState.ENDED]
        step.change.undo_label = f"ending of {_counted(ending)}"
        uses = asset_rows.stored_uses(step.change, [asset.id for asset in ending])
        asset_rows.end_assets(step.change, [asset.id for asset in ending])
        for state in {asset.state for asset in ending}:
            of_state = [asset for asset in ending if asset.state is state]
            step.log_uses("asset ended", of_state, uses, {"state": state}, {"state": AssetState.ENDED})
        step.touched |= {use.segment_id for use in uses}
        left = f" {_were(len(chosen) - len(ending))} ended already." if len(chosen) > len(ending) else ""
        if ending:
            step.say(f"Ended {_counted(ending)}.{left}")
        else:
            step.nothing(f"{_upper(_counted(chosen))} ended already: nothing to do.")
    return step.outcome


def remove_assets(workspace: Workspace, ids: Sequence[int]) -> Change:
    """Take assets away with all their uses. Raises UnknownAsset, NotPermitted, and AssetKept for sequences that have
    connected records."""
    with usage_step(workspace, "remove assets", "") as step:
        chosen = step.assets(ids)
        step.change.undo_label = f"removal of {_counted(chosen)}"
        kept = asset_rows.with_connections(step.change, ids)
        if kept:
            also = f" and {len(kept) - 1:,} more" if len(kept) > 1 else ""
            raise AssetKept(
                f"The sequence “{kept[0]}”{also} can't be removed: records are connected to it, and connections are"
                " kept for ever. End it instead."
            )
        uses = asset_rows.stored_uses(step.change, ids)
        asset_rows.keep_last_use(step.change, [use.id for use in uses], workspace.zone)
        asset_rows.remove_assets(step.change, ids)
        step.log_uses("asset removed", chosen, uses, {}, {})
        step.touched |= {use.segment_id for use in uses}
        its = "its" if len(chosen) == 1 else "their"
        number = len(uses)
        with_uses = f" and {its} {f'{number:,} uses' if number != 1 else 'use'} of segments" if uses else ""
        step.say(f"Removed {_counted(chosen)}{with_uses}.")
    return step.outcome


def add_reference(
    workspace: Workspace,
    asset_row_id: int,
    segment_ids: Sequence[int],
    *,
    started_on: date | None = None,
    ended_on: date | None = None,
) -> Change:
    """Let an asset use segments. One that it used once begins again; those it uses already are left as they are.

    Raises UnknownAsset, UnknownSegment, InvalidDates, NotPermitted.
    """
    _must_follow(started_on, ended_on)
    with usage_step(workspace, "link segments", "") as step:
        asset = step.asset(asset_row_id)
        fresh, already = _link(step, asset, segment_ids, started_on, ended_on)
        step.change.undo_label = f"linking of {_segments(fresh)} to “{asset.name}”"
        if fresh:
            left = f" {_were(len(already))} linked already." if already else ""
            step.say(f"“{asset.name}” now uses {_segments(fresh)}.{left}")
        else:
            step.nothing(f"“{asset.name}” uses {_segments(already)} already.")
    return step.outcome


def _link(
    step: UsageStep, asset: StoredAsset, segment_ids: Sequence[int], started_on: date | None, ended_on: date | None
) -> tuple[list[str], list[str]]:
    """Let an asset use segments; gives the names of those it does now, and of those it did already."""
    names = asset_rows.segment_names(step.change, segment_ids)
    if not names or set(names) != set(segment_ids):
        raise UnknownSegment("A segment is gone: somebody deleted it. Choose again.")
    held = {use.segment_id: use for use in asset_rows.stored_uses(step.change, [asset.id], segment_ids)}
    today = step.change.today.isoformat()
    fresh = [each for each in names if each not in held or (held[each].ended_on or today) < today]
    asset_rows.add_uses(step.change, asset.id, fresh, started_on, ended_on)
    uses = asset_rows.stored_uses(step.change, [asset.id], fresh)
    step.log_uses("use added", [asset], uses, {}, _days(started_on, ended_on))
    step.touched |= set(fresh)
    return [names[each] for each in fresh], [names[each] for each in names.keys() - set(fresh)]


def edit_reference(
    workspace: Workspace, asset_row_id: int, segment_id: int, *, started_on: date | None, ended_on: date | None
) -> Change:
    """Give the use of a segment by an asset its first and last day; None: not known, no end.

    Raises UnknownAsset (also where the asset does not use it), InvalidDates, NotPermitted.
    """
    _must_follow(started_on, ended_on)
    with usage_step(workspace, "edit uses", "") as step:
        asset = step.asset(asset_row_id)
        use = step.uses(asset, [segment_id])[0]
        step.change.undo_label = f"editing of the use of “{use.segment_name}” by “{asset.name}”"
        old = {"started_on": use.started_on, "ended_on": use.ended_on}
        new = {"started_on": _text(started_on), "ended_on": _text(ended_on)}
        if old == new:
            step.nothing(f"The use of “{use.segment_name}” by “{asset.name}” is as it was.")
        else:
            asset_rows.set_dates(step.change, use.id, started_on, ended_on)
            step.log_uses("use changed", [asset], [use], *_difference(old, new))
            step.touched.add(segment_id)
            step.say(f"Saved the dates of “{asset.name}” using “{use.segment_name}”.")
    return step.outcome


def end_reference(workspace: Workspace, asset_row_id: int, segment_ids: Sequence[int]) -> Change:
    """End the use of segments by an asset now: yesterday is its last day. Raises UnknownAsset, NotPermitted."""
    with usage_step(workspace, "end uses", "") as step:
        asset = step.asset(asset_row_id)
        today = step.change.today.isoformat()
        going = [use for use in step.uses(asset, segment_ids) if (use.ended_on or today) >= today]
        names = [use.segment_name for use in going]
        step.change.undo_label = f"ending of the use of {_segments(names)} by “{asset.name}”"
        asset_rows.end_uses(step.change, [use.id for use in going])
        now = {
            use.id: use for use in asset_rows.stored_uses(step.change, [asset.id], [use.segment_id for use in going])
        }
        for use in going:
            step.log_uses("use ended", [asset], [use], {"ended_on": use.ended_on}, {"ended_on": now[use.id].ended_on})
        step.touched |= {use.segment_id for use in going}
        if going:
            step.say(f"“{asset.name}” uses {_segments(names)} no longer.")
        else:
            step.nothing(f"“{asset.name}” has ended these uses already.")
    return step.outcome


def remove_reference(workspace: Workspace, asset_row_id: int, segment_ids: Sequence[int]) -> Change:
    """Take the use of segments by an asset away, as if it had been a mistake. Raises UnknownAsset, NotPermitted."""
    with usage_step(workspace, "remove uses", "") as step:
        asset = step.asset(asset_row_id)
        uses = step.uses(asset, segment_ids)
        names = [use.segment_name for use in uses]
        step.change.undo_label = f"removal of the use of {_segments(names)} by “{asset.name}”"
        asset_rows.keep_last_use(step.change, [use.id for use in uses], workspace.zone)
        asset_rows.remove_uses(step.change, [use.id for use in uses])
        for use in uses:
            step.log_uses("use removed", [asset], [use], _known(use.started_on, use.ended_on), {})
        step.touched |= {use.segment_id for use in uses}
        step.say(f"Removed the use of {_segments(names)} by “{asset.name}”.")
    return step.outcome


# Words and values


def _clean(name: str) -> str:
    if not name.strip():
        raise NameInvalid("An asset needs a name.")
    return clean_name(name)


def _id_from(name: str, asset_type: AssetType, taken: set[str]) -> str:
    """'spring-renewal', then 'spring-renewal-2'."""
    letters = "".join(each if each.isalnum() else " " for each in folded_name(name))
    stem = "-".join(letters.split())[:60] or str(asset_type).replace(" ", "-")
    number = 1
    made = stem
    while made in taken:
        number += 1
        made = f"{stem}-{number}"
    return made


def _must_follow(started_on: date | None, ended_on: date | None) -> None:
    if started_on and ended_on and ended_on < started_on:
        raise InvalidDates(f"It would end on {ended_on}, before it starts on {started_on}. Change one of the dates.")


def _difference(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    names = [name for name in old if old[name] != new[name]]
    return {name: old[name] for name in names}, {name: new[name] for name in names}


def _days(started_on: date | None, ended_on: date | None) -> dict[str, object]:
    return _known(_text(started_on), _text(ended_on))


def _known(started_on: str | None, ended_on: str | None) -> dict[str, object]:
    return {name: day for name, day in (("started_on", started_on), ("ended_on", ended_on)) if day}


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _called(asset: StoredAsset) -> str:
    return f"{asset.asset_type} “{asset.name}”"


def _counted(assets: Sequence[StoredAsset]) -> str:
    return _called(assets[0]) if len(assets) == 1 else f"{len(assets):,} assets"


def _segments(names: Sequence[str]) -> str:
    return f"“{names[0]}”" if len(names) == 1 else f"{len(names):,} segments"


def _were(number: int) -> str:
    return "1 was" if number == 1 else f"{number:,} were"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
