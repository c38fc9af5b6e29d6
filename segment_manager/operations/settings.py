"""Settings of the workspace and who may do what in it."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from segment_manager.domain.changes import Change
from segment_manager.domain.errors import InvalidSetting, UnknownPerson
from segment_manager.domain.segments import Role
from segment_manager.domain.usage import AssetType
from segment_manager.storage import queries, segment_rows, setting_rows
from segment_manager.storage.workspace import DATE_SETTINGS, DEFAULT_SETTINGS, Workspace


def change_setting(workspace: Workspace, name: str, value: object) -> Change:
    """Set one setting; text is read as what the setting holds. Raises InvalidSetting, NotPermitted."""
    value = _fitting(name, value)
    with workspace.change(
        "change settings", f"change of the setting {name}", needs=Role.SYSTEM_ADMINISTRATOR
    ) as change:
        before = workspace.setting(name)
        if value != before:
            setting_rows.store_setting(change, name, value)
            if name in DATE_SETTINGS:
                segment_rows.mark_all_stale(change)
            change.log(before={name: before}, after={name: value})
    said = ", ".join(value) if isinstance(value, list) else value
    return Change(f"The setting {name} is {said} now.", everything=True, undo_label=change.undo_label)


def _fitting(name: str, value: object) -> object:
    if name not in DEFAULT_SETTINGS:
        raise InvalidSetting(f"There is no setting “{name}”. There are: {', '.join(DEFAULT_SETTINGS)}.")
    if isinstance(DEFAULT_SETTINGS[name], list):
        return _asset_types(name, value)
    text = str(value).strip()
    if isinstance(DEFAULT_SETTINGS[name], bool):
        words = {
            "true": True,
            "yes": True,
            "on": True,
            "1": True,
            "false": False,
            "no": False,
            "off": False,
            "0": False,
        }
        if text.lower() not in words:
            raise InvalidSetting(f"{name} is on or off, not “{text}”.")
        return words[text.lower()]
    if isinstance(DEFAULT_SETTINGS[name], int):
        most = 6 if name == "week_start" else 36500
        if not text.isdecimal() or int(text) > most:
            raise InvalidSetting(f"{name} is a whole number from 0 to {most:,}, not “{text}”.")
        return int(text)
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidSetting(f"“{text}” is no time zone. Use a name like Europe/Berlin or UTC.") from None


def _asset_types(name: str, value: object) -> list[str]:
    """The asset types given as a list or as text with commas, each once, in our order."""
    given = value.split(",") if isinstance(value, str) else value if isinstance(value, Iterable) else [value]
    words = {" ".join(str(word).casefold().replace("_", " ").split()) for word in given} - {""}
    if unknown := sorted(words - set(AssetType)):
        raise InvalidSetting(f"“{unknown[0]}” is no asset type. There are: {', '.join(AssetType)}.")
    if not words:
        raise InvalidSetting(
            f"{name} needs at least one asset type, else every segment would be unused. To have no scan, turn"
            " auto_scan off."
        )
    return [str(kind) for kind in AssetType if kind in words]


def set_role(workspace: Workspace, login: str, role: Role) -> Change:
    """Make somebody a member with a role, or change the role. The last System Administrator cannot give it up."""
    login = login.strip()
    if not login:
        raise UnknownPerson("A member needs a login name.")
    with workspace.change("manage members", needs=Role.SYSTEM_ADMINISTRATOR) as change:
        before = dict(queries.people(workspace))
        if role is not Role.SYSTEM_ADMINISTRATOR:
            _must_keep_an_administrator(before, login)
        setting_rows.store_person(change, login, role)
        change.log(before={login: before.get(login)}, after={login: role})
    return Change(f"{login} is {role} now.", everything=True)


def remove_person(workspace: Workspace, login: str) -> Change:
    """Take somebody out of the workspace; they may still look. Raises UnknownPerson."""
    with workspace.change("manage members", needs=Role.SYSTEM_ADMINISTRATOR) as change:
        before = dict(queries.people(workspace))
        if login not in before:
            raise UnknownPerson(f"“{login}” is no member of this workspace.")
        _must_keep_an_administrator(before, login)
        setting_rows.remove_person(change, login)
        change.log(before={login: before[login]}, after={login: None})
    return Change(f"{login} is no member any more.", everything=True)


def _must_keep_an_administrator(people: dict[str, Role], leaving: str) -> None:
    others = [login for login, role in people.items() if role is Role.SYSTEM_ADMINISTRATOR and login != leaving]
    if people.get(leaving) is Role.SYSTEM_ADMINISTRATOR and not others:
        raise InvalidSetting(f"{leaving} is the only System Administrator. Make somebody else one first.")
