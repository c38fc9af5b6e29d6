"""The setting which types of assets keep a segment active, and their count in every tally."""

from typing import Any

STATEMENTS = """
INSERT INTO setting (name, value)
SELECT 'counted_types', '["sequence", "campaign", "journey", "message", "test list"]'
WHERE EXISTS (SELECT 1 FROM setting);

ALTER TABLE segment_result RENAME TO old_result;
CREATE TABLE segment_result (
    segment_id INTEGER PRIMARY KEY REFERENCES segment (id) ON DELETE CASCADE,
    count INTEGER,
    computed_at TEXT,
    change_number INTEGER NOT NULL DEFAULT 0,
    rule_stale INTEGER NOT NULL DEFAULT 1,
    moves_with_time INTEGER NOT NULL DEFAULT 0,
    missing TEXT NOT NULL DEFAULT '[]',
    sequences INTEGER NOT NULL DEFAULT 0,
    live_sequences INTEGER NOT NULL DEFAULT 0,
    live_references INTEGER NOT NULL DEFAULT 0,
    draft_references INTEGER NOT NULL DEFAULT 0,
    ended_references INTEGER NOT NULL DEFAULT 0,
    analytics_references INTEGER NOT NULL DEFAULT 0,
    counted_references INTEGER NOT NULL DEFAULT 0,
    used_lost_at TEXT,
    used_on TEXT,
    usage_until TEXT,
    usage_day TEXT NOT NULL DEFAULT '',
    -- last, so that lists and the scan never walk through its pages to what stands behind it
    members BLOB
) STRICT;
INSERT INTO segment_result (segment_id, count, computed_at, change_number, rule_stale, moves_with_time, missing,
    sequences, live_sequences, live_references, draft_references, ended_references, analytics_references,
    counted_references, used_lost_at, used_on, usage_until, usage_day, members)
SELECT segment_id, count, computed_at, change_number, rule_stale, moves_with_time, missing,
    sequences, live_sequences, live_references, draft_references, ended_references, analytics_references,
    live_references, used_lost_at, used_on, usage_until, usage_day, members
FROM old_result;
DROP TABLE old_result;

-- All that the tally of a segment's uses reads, so that it need not look up every reference.
DROP INDEX reference_by_segment;
CREATE INDEX reference_by_segment ON reference (segment_id, asset_id, ended_on, started_on, lost_at);

CREATE TRIGGER counted_types_changed AFTER UPDATE ON setting WHEN NEW.name = 'counted_types' BEGIN
    INSERT INTO usage_moved SELECT segment_id FROM segment_result
    WHERE segment_id NOT IN (SELECT segment_id FROM usage_moved);
END;
"""


def up(migrator: object, db: Any) -> None:
    """Add the column `counted_references`, which so far is `live_references`, and keep the blob behind it."""
    db.connection().execute(STATEMENTS)
