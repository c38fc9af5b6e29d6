"""The layers and habits of architecture.md, read from the source: each rule fails with its own sentence."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "segment_manager"
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / PACKAGE).rglob("*.py"))
}

DOMAIN, STORAGE, OPERATIONS = (f"{PACKAGE}.{layer}" for layer in ("domain", "storage", "operations"))
PATHS, WORKSPACE, QUERIES = f"{PACKAGE}.paths", f"{STORAGE}.workspace", f"{STORAGE}.queries"

# layer → what it may import beside the standard library and itself; all under a name is meant with it, but for
# PACKAGE, which stands for the version alone
MAY_IMPORT = {
    "domain": {"re2", "msgspec"},
    "storage": {PACKAGE, DOMAIN, "peewee", "playhouse", "apsw", "pyroaring", "python_calamine", "msgspec"},
    "operations": {PACKAGE, DOMAIN, STORAGE, PATHS, "msgspec"},
    "ui": {PACKAGE, DOMAIN, OPERATIONS, QUERIES, PATHS, "PySide6"},
    "cli": {PACKAGE, DOMAIN, OPERATIONS, QUERIES, WORKSPACE, PATHS, "typer", "rich", "xlsxwriter", "msgspec"},
    "paths": {"platformdirs"},
}
SENTENCES = {
    "domain": "domain is what a segment is: it knows no files, no database, no window and no clock",
    "storage": "storage is how things are kept: it knows the domain and the database, nothing above",
    "operations": "operations are what one can do: they know the domain and the storage, no Qt, no Peewee, no SQL",
    "ui": "ui is how it looks: it knows domain, operations, storage.queries and Qt, nothing else of the storage",
    "cli": "cli is how it is told: it knows domain, operations, storage.queries and the terminal, never Qt",
    "paths": "paths knows the platform's folders and nothing of the program",
}
# named in annotations alone, a workspace is passed on, not used
MAY_NAME = {"ui": {WORKSPACE}}


class Imported(NamedTuple):
    """One import: the module that is meant, where, and whether only the type checker sees it."""

    name: str
    line: int
    type_only: bool


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def layer_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports(module: str) -> Iterator[Imported]:
    hidden = {
        inner
        for node in ast.walk(tree(module))
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for part in node.body
        for inner in ast.walk(part)
    }
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            if node.level:
                package = module.split(".") if MODULES[module].name == "__init__.py" else module.split(".")[:-1]
                origin = ".".join([*package[: len(package) - node.level + 1], *filter(None, [origin])])
            inner = [f"{origin}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else origin for name in inner]
        else:
            continue
        yield from (Imported(name, node.lineno, node in hidden) for name in names)


def called(module: str) -> Iterator[tuple[str, int]]:
    """What a module calls, as written (`datetime.now`), and where."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


def under(name: str, allowed: set[str]) -> bool:
    return any(name == each or (name.startswith(f"{each}.") and each != PACKAGE) for each in allowed)


def place(module: str, line: int) -> str:
    return f"{MODULES[module].relative_to(ROOT).as_posix()}:{line}"


LAYERED = [module for module in MODULES if layer_of(module) in MAY_IMPORT]


@pytest.mark.parametrize("module", LAYERED)
def test_layers(module):
    """Imports point one way: ui, cli → operations → storage → domain."""
    layer = layer_of(module)
    allowed = MAY_IMPORT[layer] | {f"{PACKAGE}.{layer}"}
    wrong = [
        f"{place(module, line)} imports {name}"
        for name, line, type_only in imports(module)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not under(name, allowed | (MAY_NAME.get(layer, set()) if type_only else set()))
    ]
    assert not wrong, f"{SENTENCES[layer]}: {'; '.join(wrong)}"


@pytest.mark.parametrize("module", MODULES)
def test_nobody_imports_the_composition_root(module):
    """Only the front door knows app.py, which knows everything."""
    wrong = [place(module, line) for name, line, _ in imports(module) if under(name, {f"{PACKAGE}.app"})]
    assert module in (f"{PACKAGE}.__main__", f"{PACKAGE}.app") or not wrong, f"nobody imports app: {wrong}"


@pytest.mark.parametrize("module", MODULES)
def test_one_database_library_and_no_pickle(module):
    """A second SQLite library in the process drops the first one's locks; unpickling runs what a file says."""
    wrong = [
        f"{place(module, line)} imports {name}"
        for name, line, _ in imports(module)
        if under(name, {"sqlite3", "PySide6.QtSql", "pickle", "shelve", "marshal"})
    ]
    assert not wrong, f"apsw is the one SQLite library, and nothing is ever unpickled: {'; '.join(wrong)}"


CLOCK = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime|monotonic))$")
FILES = re.compile(r"^(io\.|os\.|builtins\.)?open$|\.(read_text|read_bytes|write_text|write_bytes)$")


@pytest.mark.parametrize("module", [module for module in MODULES if layer_of(module) == "domain"])
def test_domain_reads_no_clock_and_no_files(module):
    """The domain is given the time and the text; so every answer can be asked for any moment."""
    wrong = [f"{place(module, line)} calls {name}" for name, line in called(module) if CLOCK.search(name)]
    wrong += [f"{place(module, line)} calls {name}" for name, line in called(module) if FILES.search(name)]
    assert not wrong, f"the time is an argument, and files are for the layers above: {'; '.join(wrong)}"


COPIES = re.compile(
    r"^(io\.|builtins\.)?open$|\.(read_bytes|write_bytes)$|^(shutil\.)?(copy|copy2|copyfile|copyfileobj)$"
)


@pytest.mark.parametrize("module", MODULES)
def test_nobody_opens_a_live_database(module):
    """Closing any descriptor of a live database drops SQLite's locks on it, and then committed data can be lost."""
    talks = any(under(name, {"apsw", "peewee", "playhouse"}) for name, _, _ in imports(module))
    wrong = [f"{place(module, line)} calls {name}" for name, line in called(module) if talks and COPIES.search(name)]
    assert not wrong, f"a module that talks to the database opens and copies no files beside it: {'; '.join(wrong)}"


SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s.*INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|CREATE\s+\w+|PRAGMA)\s", re.DOTALL
)


@pytest.mark.parametrize("module", [module for module in MODULES if layer_of(module) in ("operations", "ui", "cli")])
def test_sql_stays_in_storage(module):
    """Above the storage nobody writes SQL or hands any to the database."""
    strings = [
        node for node in ast.walk(tree(module)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    wrong = [place(module, node.lineno) for node in strings if SQL.search(node.value)]
    wrong += [place(module, line) for name, line in called(module) if re.search(r"\.execute(_sql|many)?$", name)]
    assert not wrong, f"SQL is written in storage alone: {'; '.join(wrong)}"


@pytest.mark.parametrize("module", MODULES)
def test_size(module):
    """A file of more than 400 lines is two files."""
    lines = len(MODULES[module].read_text(encoding="utf-8").splitlines())
    assert lines <= 400, f"{place(module, lines)}: more than 400 lines; say what each half is and part them"


EMPTY = "Manager|Helper|Util|Utils|Handler|Controller|Service|Base|Impl|Info|Data|Misc|Common"


@pytest.mark.parametrize("module", MODULES)
def test_names_say_what_things_are(module):
    """Names that would fit anything answer nothing."""
    classes = [node for node in ast.walk(tree(module)) if isinstance(node, ast.ClassDef)]
    wrong = [f"{place(module, node.lineno)} {node.name}" for node in classes if re.search(f"({EMPTY})$", node.name)]
    last = module.rsplit(".", 1)[-1]
    if module != PACKAGE and re.search(f"(^|_)({EMPTY.lower()}s?)$", last):
        wrong.append(f"module {last}")
    assert not wrong, f"say what it is, not that it manages, helps or is data: {'; '.join(wrong)}"


@pytest.mark.parametrize("module", MODULES)
def test_modules_say_what_they_are(module):
    """A module's docstring says what it is and why it stands apart."""
    assert ast.get_docstring(tree(module)), f"{place(module, 1)} has no docstring"
