"""The tables of a workspace as Peewee rows: columns and nothing else.

Stands apart because queries are written against these names; the schema itself is made by the migrations, and a test
holds the two together.
"""

from __future__ import annotations

from peewee import (
    BlobField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


class WorkspaceRow(Model):
    identity = TextField()
    name = TextField()
    created_at = TextField()
    made_by = TextField()

    class Meta:
        table_name = "workspace"


class SettingRow(Model):
    name = TextField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = "setting"


class PersonRow(Model):
    login = TextField(primary_key=True)
    role = TextField()
    added_at = TextField()

    class Meta:
        table_name = "person"


class RecordTypeRow(Model):
    name = TextField()
    name_folded = TextField(unique=True)
    key_label = TextField()
    change_number = IntegerField(default=0)

    class Meta:
        table_name = "record_type"


class FieldRow(Model):
    record_type = ForeignKeyField(RecordTypeRow, on_delete="RESTRICT", index=False)
    name = TextField()
    label = TextField()
    type = TextField()
    choices = TextField(default="[]")
    places = IntegerField(default=0)

    class Meta:
        table_name = "field"
        indexes = ((("record_type", "name"), True),)


class SegmentRow(Model):
    record_type = ForeignKeyField(RecordTypeRow, on_delete="RESTRICT", index=False)
    name = TextField()
    name_folded = TextField()
    description = TextField(default="")
    rule = TextField()
    created_at = TextField()
    created_by = TextField()
    modified_at = TextField()

    class Meta:
        table_name = "segment"
        indexes = ((("record_type", "name_folded"), True), (("record_type",), False))


class SegmentStateRow(Model):
    segment = ForeignKeyField(SegmentRow, primary_key=True, on_delete="CASCADE", index=False)
    state = IntegerField()
    since = TextField()
    keep_active = IntegerField(default=0)
    activated_at = TextField(null=True)
    rule_used_until = TextField(null=True)

    class Meta:
        table_name = "segment_state"


class SegmentTagRow(Model):
    segment = ForeignKeyField(SegmentRow, on_delete="CASCADE", index=False)
    tag = TextField()

    class Meta:
        table_name = "segment_tag"
        primary_key = CompositeKey("segment", "tag")


class RuleReferenceRow(Model):
    segment = ForeignKeyField(SegmentRow, on_delete="CASCADE", index=False)
    referred = ForeignKeyField(SegmentRow, on_delete="RESTRICT", index=False, backref="referring")

    class Meta:
        table_name = "rule_reference"
        primary_key = CompositeKey("segment", "referred")
        indexes = ((("referred", "segment"), False),)


class SegmentResultRow(Model):
    segment = ForeignKeyField(SegmentRow, on_delete="CASCADE", primary_key=True)
    members = BlobField(null=True)
    count = IntegerField(null=True)
    computed_at = TextField(null=True)
    change_number = IntegerField(default=0)
    rule_stale = IntegerField(default=1)
    moves_with_time = IntegerField(default=0)
    missing = TextField(default="[]")
    sequences = IntegerField(default=0)
    live_sequences = IntegerField(default=0)
    live_references = IntegerField(default=0)
    draft_references = IntegerField(default=0)
    ended_references = IntegerField(default=0)
    analytics_references = IntegerField(default=0)
    counted_references = IntegerField(default=0)
    used_lost_at = TextField(null=True)
    used_on = TextField(null=True)
    usage_until = TextField(null=True)
    usage_day = TextField(default="")

    class Meta:
        table_name = "segment_result"


class ComputationRow(Model):
    segment = ForeignKeyField(SegmentRow, on_delete="CASCADE", index=False)
    at = TextField()
    cause = TextField()
    count = IntegerField()
    joined_count = IntegerField()
    left_count = IntegerField()
    joined = BlobField()
    left = BlobField()

    class Meta:
        table_name = "computation"
        indexes = ((("segment", "id"), False),)


class AssetRow(Model):
    asset_type = TextField()
    asset_id = TextField()
    name = TextField()
    state = TextField()

    class Meta:
        table_name = "asset"
        indexes = ((("asset_type", "asset_id"), True),)


class ReferenceRow(Model):
    asset = ForeignKeyField(AssetRow, on_delete="CASCADE", index=False)
    segment = ForeignKeyField(SegmentRow, on_delete="CASCADE", index=False)
    started_on = TextField(null=True)
    ended_on = TextField(null=True)
    lost_at = TextField(null=True)

    class Meta:
        table_name = "reference"
        indexes = ((("asset", "segment"), True), (("segment", "asset", "ended_on", "started_on", "lost_at"), False))


class UsageMovedRow(Model):
    segment_id = IntegerField(primary_key=True)

    class Meta:
        table_name = "usage_moved"


class SequenceConnectionRow(Model):
    asset = ForeignKeyField(AssetRow, on_delete="CASCADE", index=False)
    record_type = ForeignKeyField(RecordTypeRow, on_delete="RESTRICT", index=False)
    record_id = IntegerField()
    segment = ForeignKeyField(SegmentRow, null=True, on_delete="SET NULL", index=False)
    segment_name = TextField()
    connected_at = TextField()

    class Meta:
        table_name = "sequence_connection"
        primary_key = CompositeKey("asset", "record_type", "record_id")
        indexes = ((("segment",), False),)


class ActivityRow(Model):
    seq = IntegerField(primary_key=True)
    first_seq = IntegerField()
    operation = TextField()
    at = TextField()
    who = TextField()
    action = TextField()
    first_id = IntegerField(null=True)
    last_id = IntegerField(null=True)
    after = TextField(null=True)
    hash = BlobField()
    entries = TextField()

    class Meta:
        table_name = "activity"
        indexes = ((("first_id", "last_id"), False), (("at",), False))


class UndoStepRow(Model):
    at = TextField()
    who = TextField()
    label = TextField()
    state = TextField()

    class Meta:
        table_name = "undo_step"


class UndoPartRow(Model):
    step = ForeignKeyField(UndoStepRow, on_delete="CASCADE", index=False)
    place = IntegerField()
    changeset = BlobField(null=True)
    given = TextField(null=True)
    first_seq = IntegerField(null=True)
    last_seq = IntegerField(null=True)

    class Meta:
        table_name = "undo_part"
        primary_key = CompositeKey("step", "place")


ROWS: tuple[type[Model], ...] = (
    WorkspaceRow,
    SettingRow,
    PersonRow,
    RecordTypeRow,
    FieldRow,
    SegmentRow,
    SegmentStateRow,
    SegmentTagRow,
    RuleReferenceRow,
    SegmentResultRow,
    ComputationRow,
    AssetRow,
    ReferenceRow,
    UsageMovedRow,
    SequenceConnectionRow,
    ActivityRow,
    UndoStepRow,
    UndoPartRow,
)
