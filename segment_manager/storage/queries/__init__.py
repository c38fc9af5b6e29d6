"""Reads: every question the window and the command line ask of a workspace, answered in domain things.

Stands apart as the one part of storage that ui and cli may import. A query is named for what it returns. Its module
is imported when it is first asked: the window's first paint needs two of the fourteen.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segment_manager.storage.queries.cleanup import (
        CleanupFact,
        SequenceOnInactive,
        cleanup_facts,
        member_sets,
        sequences_on_inactive,
    )
    from segment_manager.storage.queries.former_names import present_names
    from segment_manager.storage.queries.history import (
        ActivityEntry,
        ComputationEntry,
        activity,
        computations,
    )
    from segment_manager.storage.queries.last_uses import AssetUse, UseFacts, use_facts
    from segment_manager.storage.queries.matches import Ids, all_ids, change_number, matching_count, matching_ids
    from segment_manager.storage.queries.plans import (
        PlanFacts,
        chosen_ids,
        connection_total,
        linked_sequences,
        live_assets,
        member_total,
        outside_dependents,
        plan_facts,
        used_by_sequences,
    )
    from segment_manager.storage.queries.record_search import (
        FoundRecords,
        RecordSegment,
        RecordSequence,
        records_found,
        segments_with_record,
        sequences_with_record,
    )
    from segment_manager.storage.queries.records import (
        Connection,
        MemberPage,
        connection_count,
        connections,
        member_columns,
        member_keys,
        members,
        record_by_key,
        record_count,
    )
    from segment_manager.storage.queries.row_search import RowTest, row_tests
    from segment_manager.storage.queries.segments import (
        PlainSummary,
        all_segment_names,
        dependents,
        filled_record_types,
        first_by_name,
        has_many,
        ids_by_name,
        plain_of,
        rule_of,
        rules_and_activations,
        segment_counts,
        segment_detail,
        segment_ids,
        stale_ids,
        summaries,
        summary_of,
        summary_rows,
        used_segments,
    )
    from segment_manager.storage.queries.timeline import (
        MembersThen,
        Move,
        members_on,
        moved_members,
        segment_log,
        waiting_segments,
    )
    from segment_manager.storage.queries.usage import (
        AssetLine,
        AssetSummary,
        RuleNeighbour,
        SegmentLine,
        SegmentUse,
        asset_lines,
        asset_names_by_segment,
        asset_row_ids,
        assets,
        direct_users,
        open_uses,
        reference_count,
        references,
        rule_reach,
        rule_used,
        rule_users,
        segment_lines,
        segments_of_asset,
        sequence_names_by_segment,
        usage_rows,
        uses_of_asset,
    )
    from segment_manager.storage.queries.values import ValueCount, ValueCounts, value_counts
    from segment_manager.storage.queries.workspace import (
        counted_types,
        people,
        record_counts,
        record_type,
        record_type_by_id,
        record_types,
        settings,
        undo_labels,
    )

__all__ = [
    "ActivityEntry",
    "AssetLine",
    "AssetSummary",
    "AssetUse",
    "CleanupFact",
    "ComputationEntry",
    "Connection",
    "FoundRecords",
    "Ids",
    "MemberPage",
    "MembersThen",
    "Move",
    "PlainSummary",
    "PlanFacts",
    "RecordSegment",
    "RecordSequence",
    "RowTest",
    "RuleNeighbour",
    "SegmentLine",
    "SegmentUse",
    "SequenceOnInactive",
    "UseFacts",
    "ValueCount",
    "ValueCounts",
    "activity",
    "all_ids",
    "all_segment_names",
    "asset_lines",
    "asset_names_by_segment",
    "asset_row_ids",
    "assets",
    "change_number",
    "chosen_ids",
    "cleanup_facts",
    "computations",
    "connection_count",
    "connection_total",
    "connections",
    "counted_types",
    "dependents",
    "direct_users",
    "filled_record_types",
    "first_by_name",
    "has_many",
    "ids_by_name",
    "linked_sequences",
    "live_assets",
    "matching_count",
    "matching_ids",
    "member_columns",
    "member_keys",
    "member_sets",
    "member_total",
    "members",
    "members_on",
    "moved_members",
    "open_uses",
    "outside_dependents",
    "people",
    "plain_of",
    "plan_facts",
    "present_names",
    "record_by_key",
    "record_count",
    "record_counts",
    "record_type",
    "record_type_by_id",
    "record_types",
    "records_found",
    "reference_count",
    "references",
    "row_tests",
    "rule_of",
    "rule_reach",
    "rule_used",
    "rule_users",
    "rules_and_activations",
    "segment_counts",
    "segment_detail",
    "segment_ids",
    "segment_lines",
    "segment_log",
    "segments_of_asset",
    "segments_with_record",
    "sequence_names_by_segment",
    "sequences_on_inactive",
    "sequences_with_record",
    "settings",
    "stale_ids",
    "summaries",
    "summary_of",
    "summary_rows",
    "undo_labels",
    "usage_rows",
    "use_facts",
    "used_by_sequences",
    "used_segments",
    "uses_of_asset",
    "value_counts",
    "waiting_segments",
]

_MODULES = (
    "workspace", "segments", "history", "records", "matches", "former_names", "values", "last_uses", "usage",
    "timeline", "record_search", "cleanup", "plans", "row_search",
)  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in __all__:
        for each in _MODULES:
            module = import_module(f"{__name__}.{each}")
            if hasattr(module, name):
                globals()[name] = found = getattr(module, name)
                return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
