"""PySide6's support code, which is left for later: what it does for people who program is the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = "import segment_manager.ui\n"
"""Has PySide6 imported in our way, which does nothing where it is imported already, as here in the tests."""
ASKED = """
import inspect
from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.support.signature import get_signature
wrongs = lambda: QObject().setParent(3), lambda: QPoint("a", "b"), lambda: QTimer(no_such=1), lambda: QPoint(1, 2, 3)
for wrong in wrongs:
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__, error)
print(QObject.setParent.__doc__, get_signature(QObject.event), QObject.__doc__)
"""
WAITING = ("ast", "inspect", "argparse", "logging", "tempfile", "traceback", "shutil", "bz2", "lzma")
LEFT = f"import sys; print([name for name in {WAITING} if name in sys.modules])"


def printed(program):
    """What a program prints in a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, cwd=ROOT, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_wrong_calls_and_help_say_the_same():
    """Messages of wrong calls, signatures and help texts are those of a PySide6 that was imported plainly."""
    plain = printed(ASKED)
    assert "QObject.setParent(int)" in plain
    assert printed(OURS + ASKED) == plain


def test_the_support_code_waits():
    """Until something asks, what the code imports is not there either."""
    assert printed(f"{OURS}from PySide6 import QtWidgets\n{LEFT}") == "[]\n"


@pytest.mark.parametrize("first", ["import shiboken6\n", "from PySide6 import QtCore\n"])
def test_somebody_imported_pyside_before(first):
    """Then everything is there already, and nothing is changed."""
    assert printed(first + OURS + ASKED) == printed(ASKED)


def test_compile_is_itself_again():
    """What stood in for `compile` meanwhile is gone."""
    assert printed(f"kept = compile\n{OURS}print(kept is compile)") == "True\n"


def test_members_of_enums_are_guarded_again():
    """Nobody can give a member of an enum another value, of those that were made meanwhile or any other."""
    program = """
import enum
from PySide6.QtCore import Qt
class Own(enum.Enum):
    ONE = 1
for kind, name in ((Qt.Key, "Key_A"), (Own, "ONE")):
    for wrong in (lambda: setattr(kind, name, 3), lambda: delattr(kind, name)):
        try:
            wrong()
        except AttributeError as error:
            print(error)
print(list(Qt.Orientation), Qt.Key.Key_A.value, Qt.Key["Key_B"], Qt.AlignmentFlag(132), len(Qt.Key.__members__))
"""
    plain = printed(program)
    assert plain.count("annot ") == 4
    assert printed(OURS + program) == plain


def test_left_out_modules_come_when_asked():
    """What PySide6 itself imported is left out, and comes for PySide6 and for others as soon as it is used."""
    program = "import shiboken6; print(shiboken6.tempfile.gettempdir()); import tempfile; print(tempfile.gettempdir())"
    first, second = printed(OURS + program).splitlines()
    assert first == second
    assert printed(f"import tempfile as own\n{OURS}import tempfile; print(own is tempfile)") == "True\n"


def test_archives_are_whole():
    """The standard library's archives, which were imported without them, find the modules that they need."""
    program = """
import io, zipfile
for way in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
    with zipfile.ZipFile(made := io.BytesIO(), "w", way) as packed:
        packed.writestr("a", b"much " * 1000)
    print(zipfile.ZipFile(made).read("a") == b"much " * 1000)
from urllib.parse import urlsplit
print(urlsplit("http://[::1]/").hostname)
"""
    assert printed(OURS + "from PySide6 import QtCore\n" + program) == "True\nTrue\n::1\n"
