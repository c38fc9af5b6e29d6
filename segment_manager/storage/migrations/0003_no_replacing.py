"""The activity log is append-only for REPLACE too, which deletes a row without asking the trigger on deletions."""

from typing import Any

STATEMENTS = """
CREATE TRIGGER activity_is_append_only_replace BEFORE INSERT ON activity
WHEN EXISTS (SELECT 1 FROM activity WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the activity log is append-only'); END;
"""


def up(migrator: object, db: Any) -> None:
    """Add the trigger; nothing else changes."""
    db.connection().execute(STATEMENTS)
