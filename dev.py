#!/usr/bin/env python3
"""Sets up, runs, tests and checks segment_manager. Standard library only, so that it works on a bare machine.

python3 dev.py run [ARG ...]     the window on a workspace of demonstration data; without a display: the tour
python3 dev.py test [ARG ...]    the tests; ARGs go to pytest
python3 dev.py lint              ruff and mypy
python3 dev.py bench [ARG ...]   how fast it is, against the goals; `bench --help` tells what can be chosen
python3 dev.py tour              drives the window on a virtual screen, saves screenshots in build/tour
python3 dev.py lock [--upgrade]  pins the dependencies of pyproject.toml anew, in packaging/requirements*.txt

On Windows write `py -3` for `python3`. The first call takes a few minutes, later ones start at once.
"""

# Only syntax that Python 3.6 can read stands in this file, so that an older one reaches the sentence below.
import contextlib
import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - a newer one is what this line asks for
    sys.exit("segment_manager needs Python 3.11 or newer; this is Python {}.{}.".format(*sys.version_info))

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "set-up.txt"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
REQUIREMENTS = ROOT / "packaging" / "requirements-dev.txt"
LINUX = sys.platform.startswith("linux")

# soname → Debian package; what Qt loads without bringing it along
OFFSCREEN_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
WINDOW_LIBRARIES = {
    **OFFSCREEN_LIBRARIES,
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
SCREEN_PROGRAMS = {"Xvfb": "xvfb", "openbox": "openbox"}


class SetUpProblem(Exception):
    """Why the set-up cannot go on, and what a person can do about it."""


def say(text: str) -> None:
    """Prints one line of progress, at once, also into a pipe."""
    print(text, flush=True)


def call(*command: object, **environment: str) -> int:
    """Runs a command in the project's folder; gives its exit code. `environment` comes on top of the present one."""
    return subprocess.call([str(part) for part in command], cwd=ROOT, env=clean_environment(**environment))


def quietly(*command: object) -> tuple[int, str]:
    """Runs a command without input; gives its exit code and all that it printed."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return done.returncode, done.stdout


def must(*command: object) -> None:
    """Runs a command of the set-up; raises SetUpProblem with what it printed when it fails."""
    code, printed = quietly(*command)
    if code != 0:
        raise SetUpProblem(f"{printed[-3000:]}\nThis command failed: {' '.join(str(part) for part in command)}")


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without what would let another Python's packages into .venv."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME", "PIP_USER")}
    return {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **more}


# --- the system ------------------------------------------------------------------------------------------------------


def loads(soname: str) -> bool:
    """Whether the dynamic loader finds a shared library."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def missing_libraries(libraries: dict[str, str]) -> list[str]:
    """Debian packages of the libraries (soname → package) that this machine lacks. Empty where Qt brings its own."""
    return sorted({package for soname, package in libraries.items() if not loads(soname)}) if LINUX else []


def install(packages: list[str], purpose: str) -> None:
    """Installs Debian packages as root or by sudo; where that cannot be, raises SetUpProblem naming the command."""
    if not packages:
        return
    if not shutil.which("apt-get"):
        raise SetUpProblem(f"{purpose} needs what Debian calls {', '.join(packages)}. Install it and try again.")
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
    command = [*apt, "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() != 0:
        if not shutil.which("sudo") or quietly("sudo", "-n", "true")[0] != 0:
            by_hand = f"sudo apt-get update && sudo apt-get install {' '.join(packages)}"
            raise SetUpProblem(f"{purpose} needs system packages. Install them and try again:\n  {by_hand}")
        apt, command = ["sudo", "-n", *apt], ["sudo", "-n", *command]
    say(f"{purpose} needs system packages; installing {' '.join(packages)}")
    quietly(*apt, "update")  # may fail in part, for sources that are not needed; what counts is the install
    must(*command)


# --- the virtual environment -----------------------------------------------------------------------------------------


def digest(*parts: bytes) -> str:
    """A short name for what parts hold."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:24]


def fault() -> str:
    """Why .venv does not find the libraries and this project; empty when it does."""
    if not PYTHON.exists():
        return "There is no Python in .venv."
    code, printed = quietly(PYTHON, "-c", "import apsw, PySide6.QtCore, segment_manager")
    return printed or "Python ends at once." if code else ""


def set_up() -> None:
    """Makes .venv with the pinned packages and this project in it, or leaves it when it is as it should be.

    A stamp, written last, names the requirements and the settings it was made from: an interrupted set-up has none
    and starts again from nothing.
    """
    version = "{}.{} {}".format(*sys.version_info[:2], ROOT)
    wanted = [digest(version.encode(), REQUIREMENTS.read_bytes()), digest((ROOT / "pyproject.toml").read_bytes())]
    found = STAMP.read_text().split() if STAMP.is_file() else []
    if found == wanted and not fault():
        return
    if found[:1] != wanted[:1] or fault():
        make_venv()
        say("Installing the packages of packaging/requirements-dev.txt (about 300 MB, once)")
        must(PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", REQUIREMENTS)
    must(PYTHON, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "-e", ROOT)
    problem = fault()
    if problem:
        raise SetUpProblem(f"{problem}\nThe set-up is done, and still .venv does not work. Remove it and try again.")
    STAMP.write_text("\n".join(wanted))


def make_venv() -> None:
    """Makes an empty .venv, in place of a former one."""
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        install(["python3-venv"], "A virtual environment")
    say("Making .venv")
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    # sys.executable may be the Python of the very .venv that is to be replaced
    must(getattr(sys, "_base_executable", sys.executable), "-m", "venv", "--clear", VENV)


# --- the commands ----------------------------------------------------------------------------------------------------


def run(arguments: list[str]) -> int:
    """The window on demonstration data; on Linux without a display, the tour."""
    if LINUX and not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        say("There is no display here, so this drives the window on a virtual screen and saves screenshots.")
        return tour([])
    install(missing_libraries(WINDOW_LIBRARIES), "The window")
    set_up()
    return call(PYTHON, "-m", "segment_manager", "--demo", *arguments)


def test(arguments: list[str]) -> int:
    """The tests, without opening windows on Linux."""
    install(missing_libraries(OFFSCREEN_LIBRARIES), "Qt")
    set_up()
    platform = {"QT_QPA_PLATFORM": "offscreen"} if LINUX else {}
    return call(PYTHON, "-m", "pytest", "-n", "2", *arguments, **platform)


def lint(arguments: list[str]) -> int:
    """Every check, also when an earlier one found something."""
    set_up()
    checks = (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"])
    codes = [call(PYTHON, "-m", *check, *arguments) for check in checks]
    return int(any(codes))


def bench(arguments: list[str]) -> int:
    """The benchmarks, without opening windows; 1 where a goal is missed."""
    install(missing_libraries(OFFSCREEN_LIBRARIES), "Qt")
    set_up()
    return call(PYTHON, "-m", "benchmarks", *arguments, QT_QPA_PLATFORM="offscreen")


def tour(arguments: list[str]) -> int:
    """The main job as a person does it, with screenshots, on a virtual screen where there can be one."""
    install(missing_libraries(OFFSCREEN_LIBRARIES), "Qt")
    set_up()
    if not LINUX:
        return call(PYTHON, "packaging/tour.py", *arguments)
    try:
        absent = [package for program, package in SCREEN_PROGRAMS.items() if not shutil.which(program)]
        install(missing_libraries(WINDOW_LIBRARIES) + absent, "A virtual screen")
    except SetUpProblem as problem:
        say(f"{problem}\nWithout a virtual screen the tour uses Qt's offscreen platform: no window frames.")
        return call(PYTHON, "packaging/tour.py", *arguments, QT_QPA_PLATFORM="offscreen")
    with virtual_screen() as display:
        return call(PYTHON, "packaging/tour.py", *arguments, DISPLAY=display, WAYLAND_DISPLAY="", QT_QPA_PLATFORM="xcb")


@contextlib.contextmanager
def virtual_screen() -> Iterator[str]:
    """Gives the name of a new X display with a window manager; ends both afterwards."""
    with tempfile.TemporaryFile() as log, contextlib.ExitStack() as stack:
        read, write = os.pipe()
        screen = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1440x900x24", "-nolisten", "tcp"],
            pass_fds=[write],
            stderr=log,
        )
        stack.callback(screen.wait)
        stack.callback(screen.terminate)
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        if not number:
            log.seek(0)
            raise SetUpProblem("Xvfb did not start: " + log.read().decode(errors="replace"))
        keeper = subprocess.Popen(["openbox"], env={**os.environ, "DISPLAY": f":{number}"}, stdout=log, stderr=log)
        stack.callback(keeper.wait)
        stack.callback(keeper.terminate)
        yield f":{number}"


def lock(arguments: list[str]) -> int:
    """Pins the newest fitting versions with their hashes, for all systems; no address of a registry gets in."""
    uv = [shutil.which("uv")]
    if uv == [None]:
        set_up()
        must(PYTHON, "-m", "pip", "install", "-q", "uv")
        uv = [str(PYTHON), "-m", "uv"]
    options = ["--universal", "--generate-hashes", "--no-header", "--no-annotate", "--python-version", "3.11", "-q"]
    for name, group in (("requirements.txt", []), ("requirements-dev.txt", ["--group", "dev"])):
        must(*uv, "pip", "compile", *options, *group, *arguments, "pyproject.toml", "-o", f"packaging/{name}")
    return 0


COMMANDS = {"run": run, "test": test, "lint": lint, "bench": bench, "tour": tour, "lock": lock}


def main(arguments: list[str]) -> int:
    """Runs the command that `arguments` name; gives the exit code."""
    if not arguments or arguments[0] not in COMMANDS:
        asked = arguments and arguments[0] in ("-h", "--help", "help")
        print(__doc__.strip(), file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except SetUpProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
