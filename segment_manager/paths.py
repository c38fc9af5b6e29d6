"""Where things lie on this machine: the program's resources, the person's workspace and settings.

It stands apart because the answer depends on how the program was installed and on the platform, and on nothing else.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_NAME = "segment-manager"
_XDG = {"data": ("XDG_DATA_HOME", ".local/share"), "config": ("XDG_CONFIG_HOME", ".config")}


def resource(name: str) -> Path:
    """The file or folder `name` (with '/' between its parts) among the resources that come with the program.

    An installed package, and a bundle too, carries them as `_resources`; a checkout has them beside the package.
    """
    installed = _PACKAGE / "_resources"
    folder = installed if installed.is_dir() else _PACKAGE.parent / "resources"
    return folder.joinpath(*name.split("/"))


def data_folder() -> Path:
    """The person's folder for workspaces and backups. It need not exist yet."""
    return _folder("data")


def settings_folder() -> Path:
    """The person's folder for the window's settings. It need not exist yet."""
    return _folder("config")


def _folder(kind: str) -> Path:
    """What platformdirs says. It and what it imports take 4 ms of a start, so the usual case of Linux is known here."""
    if sys.platform == "linux":
        variable, usual = _XDG[kind]
        named = os.environ.get(variable, "")
        if not named or named.startswith("/"):
            return Path(named or Path.home() / usual) / _NAME
    import platformdirs

    ask = platformdirs.user_data_path if kind == "data" else platformdirs.user_config_path
    return ask(_NAME, appauthor=False)


def default_workspace() -> Path:
    """The workspace that is opened when nobody names one. It need not exist yet."""
    return data_folder() / "workspace.segments"


def workspace_path(given: str | Path | None = None) -> Path:
    """The workspace to open: `given`, else the variable SEGMENT_MANAGER_WORKSPACE, else the default one."""
    named = given or os.environ.get("SEGMENT_MANAGER_WORKSPACE")
    return Path(named).expanduser() if named else default_workspace()
