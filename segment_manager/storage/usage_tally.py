"""The tally of every segment's uses, kept beside its members: what lists show and the scan asks, without adding up.

Stands apart because it is derived: triggers note which segments' uses moved, and the end of every change counts those
anew. The clock moves uses too (a reference ends on its day), so each tally says for which days it holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segment_manager.storage.change import OpenChange

LIVE = "asset.state IN ('scheduled', 'live') AND (reference.ended_on IS NULL OR reference.ended_on >= :today)"
"""Whether a reference joined with its asset is in use; :today is the calendar day in the workspace's zone."""

COUNTED = "asset.asset_type IN (SELECT value FROM json_each((SELECT value FROM setting WHERE name = 'counted_types')))"
"""Whether assets of such a type keep a segment active: a setting, at first every type of engagement asset."""

COLUMNS = (
    "sequences",
    "live_sequences",
    "live_references",
    "draft_references",
    "ended_references",
    "analytics_references",
    "counted_references",
    "used_lost_at",
    "used_on",
    "usage_until",
)

VALID = (
    "segment_result.usage_day <= :today"
    " AND (segment_result.usage_until IS NULL OR segment_result.usage_until >= :today)"
)
"""Whether the tally that a segment_result keeps holds for :today."""

_EXPIRED = f"SELECT segment_id FROM segment_result WHERE NOT ({VALID})"


def _counted(which: str) -> str:
    """The tally of the segments that `which` selects, from their references; those without any are left out.

    What is not live counts by the moment it was lost and by its day: the end where that is past, else, where no moment
    is known, the start. A draft that never was live says nothing (docs/decisions/0003). What depends on the asset alone
    is found out once an asset: there are fewer of them than references.
    """
    return f"""
        WITH kind (id, sequence, analytics, counted, alive, waiting, draft) AS MATERIALIZED (
            SELECT id, asset_type = 'sequence', asset_type IN ('funnel', 'cohort', 'report'), {COUNTED},
                state IN ('scheduled', 'live'), state IN ('draft', 'paused'), state = 'draft' FROM asset
        ), used AS (
            SELECT reference.segment_id, started_on, ended_on, lost_at, sequence, analytics, counted, waiting, draft,
                alive AND (ended_on IS NULL OR ended_on >= :today) AS live
            FROM reference JOIN kind ON kind.id = reference.asset_id
            WHERE reference.segment_id IN ({which})
        )
        SELECT segment_id, sum(sequence) AS sequences, sum(sequence AND live) AS live_sequences,
            sum(live AND NOT analytics) AS live_references,
            sum(NOT live AND NOT analytics AND waiting) AS draft_references,
            sum(NOT live AND NOT analytics AND NOT waiting) AS ended_references,
            sum(analytics) AS analytics_references, sum(live AND counted) AS counted_references,
            max(CASE WHEN NOT live AND counted THEN lost_at END) AS used_lost_at,
            max(CASE WHEN NOT live AND counted AND (NOT draft OR lost_at IS NOT NULL) THEN
                CASE WHEN ended_on < :today THEN ended_on WHEN lost_at IS NULL THEN started_on END END) AS used_on,
            min(CASE WHEN ended_on >= :today THEN ended_on END) AS usage_until
        FROM used GROUP BY segment_id
    """


TALLY = f"""
    SELECT segment_id, {", ".join(COLUMNS)} FROM segment_result WHERE {VALID}
    UNION ALL SELECT * FROM ({_counted(_EXPIRED)})
"""
"""The tally of every segment for :today: the kept ones, and expired ones counted (left out where they have no uses)."""


def expired(among: str = "TRUE") -> str:
    """The tally of the segments whose kept one does not hold for :today, of those for which a condition is true."""
    return _counted(f"{_EXPIRED} AND {among}")


RECOUNTED = _counted("SELECT segment_id FROM segment_result")
"""The tally of every segment that has uses, counted from its references, for :today."""


def refresh(change: OpenChange) -> None:
    """Count the segments anew whose uses moved in this change, or by the clock since they were counted."""
    connection, binding = change.connection, {"today": change.today.isoformat()}
    connection.execute(f"INSERT OR IGNORE INTO usage_moved {_EXPIRED}", binding)
    if connection.execute("SELECT 1 FROM usage_moved LIMIT 1").fetchone() is None:
        return
    empty = ", ".join(f"{column} = {0 if column.endswith(('s', 'es')) else 'NULL'}" for column in COLUMNS)
    connection.execute(
        f"UPDATE segment_result SET usage_day = :today, {empty}"
        " WHERE segment_id IN (SELECT segment_id FROM usage_moved)",
        binding,
    )
    values = ", ".join(f"{column} = counted.{column}" for column in COLUMNS)
    connection.execute(
        f"UPDATE segment_result SET {values} FROM ({_counted('SELECT segment_id FROM usage_moved')}) AS counted"
        " WHERE counted.segment_id = segment_result.segment_id",
        binding,
    )
    connection.execute("DELETE FROM usage_moved")
