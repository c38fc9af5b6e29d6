"""Writes to settings and members of the workspace."""

from __future__ import annotations

import json

from segment_manager.domain.segments import Role
from segment_manager.storage.change import OpenChange


def store_setting(change: OpenChange, name: str, value: object) -> None:
    """Set one setting, given as what JSON can hold."""
    change.connection.execute(
        "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, json.dumps(value)),
    )


def store_person(change: OpenChange, login: str, role: Role) -> None:
    """Make somebody a member with a role, or change the role."""
    change.connection.execute(
        "INSERT INTO person (login, role, added_at) VALUES (?, ?, ?)"
        " ON CONFLICT (login) DO UPDATE SET role = excluded.role",
        (login, role, change.at),
    )


def remove_person(change: OpenChange, login: str) -> None:
    """Take a member out."""
    change.connection.execute("DELETE FROM person WHERE login = ?", (login,))
