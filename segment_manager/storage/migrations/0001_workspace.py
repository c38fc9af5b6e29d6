"""The first schema. Frozen: later changes are further migrations."""

from typing import Any

STATEMENTS = """
CREATE TABLE workspace (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    identity TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    made_by TEXT NOT NULL
) STRICT;

CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
    login TEXT NOT NULL PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('System Administrator', 'Sequence Manager', 'Viewer')),
    added_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE record_type (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL UNIQUE,
    key_label TEXT NOT NULL,
    change_number INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE field (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    record_type_id INTEGER NOT NULL REFERENCES record_type (id) ON DELETE RESTRICT,
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    type TEXT NOT NULL
        CHECK (type IN ('text', 'integer', 'decimal', 'date', 'datetime', 'boolean', 'choice', 'choices')),
    choices TEXT NOT NULL DEFAULT '[]',
    places INTEGER NOT NULL DEFAULT 0,
    UNIQUE (record_type_id, name)
) STRICT;

CREATE TABLE segment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    record_type_id INTEGER NOT NULL REFERENCES record_type (id) ON DELETE RESTRICT,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    rule TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'inactive')),
    reason TEXT CHECK (reason IN ('not activated', 'deactivated', 'unused')),
    since TEXT NOT NULL,
    keep_active INTEGER NOT NULL DEFAULT 0 CHECK (keep_active IN (0, 1)),
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    activated_at TEXT,
    modified_at TEXT NOT NULL,
    rule_used_until TEXT,
    CHECK ((status = 'active') = (reason IS NULL)),
    UNIQUE (record_type_id, name_folded)
) STRICT;
CREATE INDEX segment_by_status ON segment (status, record_type_id);

CREATE TABLE segment_tag (
    segment_id INTEGER NOT NULL REFERENCES segment (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (segment_id, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE rule_reference (
    segment_id INTEGER NOT NULL REFERENCES segment (id) ON DELETE CASCADE,
    referred_id INTEGER NOT NULL REFERENCES segment (id) ON DELETE RESTRICT,
    PRIMARY KEY (segment_id, referred_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX rule_reference_by_referred ON rule_reference (referred_id, segment_id);

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
    used_lost_at TEXT,
    used_on TEXT,
    usage_until TEXT,
    usage_day TEXT NOT NULL DEFAULT '',
    -- last, so that lists and the scan never walk through its pages to what stands behind it
    members BLOB
) STRICT;

CREATE TABLE computation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    segment_id INTEGER NOT NULL REFERENCES segment (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    cause TEXT NOT NULL,
    count INTEGER NOT NULL,
    joined_count INTEGER NOT NULL,
    left_count INTEGER NOT NULL,
    joined BLOB NOT NULL,
    "left" BLOB NOT NULL
) STRICT;
CREATE INDEX computation_by_segment ON computation (segment_id, id);

CREATE TABLE asset (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    asset_type TEXT NOT NULL CHECK (asset_type IN
        ('sequence', 'campaign', 'journey', 'message', 'test list', 'funnel', 'cohort', 'report')),
    asset_id TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'scheduled', 'live', 'paused', 'ended')),
    UNIQUE (asset_type, asset_id)
) STRICT;

CREATE TABLE reference (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    asset_id INTEGER NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
    segment_id INTEGER NOT NULL REFERENCES segment (id) ON DELETE CASCADE,
    started_on TEXT,
    ended_on TEXT,
    lost_at TEXT,
    UNIQUE (asset_id, segment_id)
) STRICT;
CREATE INDEX reference_by_segment ON reference (segment_id, asset_id);

CREATE TABLE usage_moved (
    segment_id INTEGER PRIMARY KEY
) STRICT;
-- Not INSERT OR IGNORE: an upsert's own conflict policy would take its place inside a trigger.
CREATE TRIGGER reference_added AFTER INSERT ON reference BEGIN
    INSERT INTO usage_moved SELECT NEW.segment_id
    WHERE NOT EXISTS (SELECT 1 FROM usage_moved WHERE segment_id = NEW.segment_id);
END;
CREATE TRIGGER reference_changed AFTER UPDATE ON reference BEGIN
    INSERT INTO usage_moved SELECT NEW.segment_id
    WHERE NOT EXISTS (SELECT 1 FROM usage_moved WHERE segment_id = NEW.segment_id);
    INSERT INTO usage_moved SELECT OLD.segment_id
    WHERE NOT EXISTS (SELECT 1 FROM usage_moved WHERE segment_id = OLD.segment_id);
END;
CREATE TRIGGER reference_removed AFTER DELETE ON reference BEGIN
    INSERT INTO usage_moved SELECT OLD.segment_id
    WHERE NOT EXISTS (SELECT 1 FROM usage_moved WHERE segment_id = OLD.segment_id);
END;
CREATE TRIGGER asset_changed AFTER UPDATE OF state, asset_type ON asset BEGIN
    INSERT INTO usage_moved SELECT segment_id FROM reference WHERE asset_id = NEW.id
    AND segment_id NOT IN (SELECT segment_id FROM usage_moved);
END;

CREATE TABLE sequence_connection (
    asset_id INTEGER NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
    record_type_id INTEGER NOT NULL REFERENCES record_type (id) ON DELETE RESTRICT,
    record_id INTEGER NOT NULL,
    segment_id INTEGER REFERENCES segment (id) ON DELETE SET NULL,
    segment_name TEXT NOT NULL,
    connected_at TEXT NOT NULL,
    PRIMARY KEY (asset_id, record_type_id, record_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sequence_connection_by_segment ON sequence_connection (segment_id);

CREATE TABLE activity (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    operation TEXT NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    segment_id INTEGER,
    segment_name TEXT,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX activity_by_segment ON activity (segment_id, seq);
CREATE TRIGGER activity_is_append_only_update BEFORE UPDATE ON activity
BEGIN SELECT RAISE(ABORT, 'the activity log is append-only'); END;
CREATE TRIGGER activity_is_append_only_delete BEFORE DELETE ON activity
BEGIN SELECT RAISE(ABORT, 'the activity log is append-only'); END;

CREATE TABLE undo_step (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    label TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('done', 'undone')),
    changeset BLOB NOT NULL
) STRICT;
"""


def up(migrator: object, db: Any) -> None:
    """Create every table. `db` is the workspace's APSWDatabase, inside the migration's transaction."""
    db.connection().execute(STATEMENTS)
