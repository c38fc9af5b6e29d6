"""Reads: every question the window and the command line ask of a workspace, answered in domain things.

Stands apart as the one part of storage that ui and cli may import. A query is named for what it returns.
"""

from segment_manager.storage.queries.history import (
    ActivityEntry,
    ComputationEntry,
    activity,
    computations,
    undo_labels,
)
from segment_manager.storage.queries.plan_facts import (
    PlanFacts,
    connection_total,
    linked_sequences,
    live_assets,
    member_total,
    outside_dependents,
    plan_facts,
    used_by_sequences,
)
from segment_manager.storage.queries.records import (
    Connection,
    MemberPage,
    connection_count,
    connections,
    member_keys,
    members,
    record_by_key,
    record_count,
)
from segment_manager.storage.queries.segments import (
    all_segment_names,
    dependents,
    rule_of,
    segment_counts,
    segment_detail,
    segment_ids,
    stale_ids,
    summaries,
    used_segments,
)
from segment_manager.storage.queries.usage import (
    AssetSummary,
    asset_names_by_segment,
    assets,
    references,
    segments_of_asset,
    sequence_names_by_segment,
)
from segment_manager.storage.queries.workspace import (
    people,
    record_counts,
    record_type,
    record_type_by_id,
    record_types,
    settings,
)

__all__ = [
    "ActivityEntry",
    "AssetSummary",
    "ComputationEntry",
    "Connection",
    "MemberPage",
    "PlanFacts",
    "activity",
    "all_segment_names",
    "asset_names_by_segment",
    "assets",
    "computations",
    "connection_count",
    "connection_total",
    "connections",
    "dependents",
    "linked_sequences",
    "live_assets",
    "member_keys",
    "member_total",
    "members",
    "outside_dependents",
    "people",
    "plan_facts",
    "record_by_key",
    "record_count",
    "record_counts",
    "record_type",
    "record_type_by_id",
    "record_types",
    "references",
    "rule_of",
    "segment_counts",
    "segment_detail",
    "segment_ids",
    "segments_of_asset",
    "sequence_names_by_segment",
    "settings",
    "stale_ids",
    "summaries",
    "undo_labels",
    "used_by_sequences",
    "used_segments",
]
