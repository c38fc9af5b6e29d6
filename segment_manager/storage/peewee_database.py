"""A workspace as Peewee sees it, for migrations and for queries that are written with its rows.

Stands apart because a workspace is opened and read without Peewee, whose import would keep the window waiting.
"""

from __future__ import annotations

from pathlib import Path

import apsw
from playhouse.apsw_ext import APSWDatabase

from segment_manager.storage.database import Connections


class WorkspaceDatabase(APSWDatabase):
    """Peewee's database over the connections that are there already, which stay the workspace's to close."""

    def __init__(self, path: Path, connections: Connections) -> None:
        super().__init__(str(path), autoconnect=True, lock_type="IMMEDIATE")
        self._connections = connections

    def _connect(self) -> apsw.Connection:
        connection = self._connections.own
        self._add_conn_hooks(connection)
        return connection

    def _close(self, connection: apsw.Connection) -> None:
        pass
