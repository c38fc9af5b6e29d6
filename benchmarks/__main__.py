"""Runs the benchmarks: `python -m benchmarks --help`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks.areas import AREAS, benchmarks, measure_apart
from benchmarks.measure import HEADER, NAMES, SMOKE, Benchmark, Result, Run, machine

SIZES = {name: size for size, name in NAMES.items()}


def main(arguments: list[str] | None = None) -> int:
    """Run what the arguments ask for; 1 where a goal is missed."""
    options = _options(arguments)
    every = [(area, each) for area in AREAS for each in benchmarks(area)]
    if options.list:
        for area, each in every:
            print(f"{each.name:<20} {area:<12} {(each.measure.__doc__ or '').splitlines()[0]}")
        return 0
    unknown = set(options.only or ()) - {each.name for _, each in every}
    if unknown:
        print(f"There is no benchmark {', '.join(sorted(unknown))}; --list names them.", file=sys.stderr)
        return 2
    wanted = [(area, each) for area, each in every if not options.only or each.name in options.only]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="segments-bench-") as folder:
        _leave_alone(Path(folder))
        results = [result for size in _sizes(options, wanted) for result in _at(size, wanted, options, Path(folder))]
    if options.json:
        found = {"machine": machine(), "results": [asdict(each) for each in results]}
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if options.growth:
        from benchmarks.growth import write

        write(results)
    missed = [result for result in results if result.met is False]
    judged = sum(result.met is not None for result in results)
    print(f"\n{judged - len(missed)} of {judged} goals met, {len(missed)} missed; {time.monotonic() - began:,.0f} s")
    for result in missed:
        print(f"  missed: {result.name} at {result.size:,}: {result.goal}")
    return 1 if missed and not options.smoke else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="dev.py bench",
        description="Our way, the naive way and the limit side by side. Ends with 1 where a goal is missed.",
    )
    parser.add_argument("--size", action="append", choices=[*SIZES, "all"], help="instead of each goal's own size")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these benchmarks alone")
    parser.add_argument("--list", action="store_true", help="the names of the benchmarks")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the outcome there too")
    parser.add_argument("--seconds", type=float, default=8.0, help="for how long the ways of one job take turns")
    parser.add_argument("--patience", type=float, default=900.0, help="seconds after which a benchmark is given up")
    parser.add_argument("--smoke", action="store_true", help=f"each once with {SMOKE} rows; no goal counts")
    parser.add_argument("--growth", action="store_true", help="measure all sizes and write docs/performance.md anew")
    return parser.parse_args(arguments)


def _leave_alone(folder: Path) -> None:
    """Nothing of the person who runs this is read or written, and no window opens."""
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA")
    for name in names:
        os.environ[name] = str(folder / "home")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_LOGGING_RULES", "*.warning=false")


def _sizes(options: argparse.Namespace, wanted: list[tuple[str, Benchmark]]) -> list[int]:
    if options.smoke:
        return [SMOKE]
    if options.size:
        return sorted(SIZES.values() if "all" in options.size else {SIZES[each] for each in options.size})
    return sorted({size for _, each in wanted for size in (each.growth if options.growth else each.sizes)})


def _at(size: int, wanted: list[tuple[str, Benchmark]], options: argparse.Namespace, folder: Path) -> list[Result]:
    """Run what is due at a size."""
    print(f"\n{HEADER}", flush=True)
    results: list[Result] = []
    place = folder / str(size)
    place.mkdir()
    run = Run(size, place, 0 if options.smoke else options.seconds, growth=options.growth)
    for area, each in wanted:
        if _is_due(each, size, options):
            results += measure_apart(area, each.name, run, options.patience)
    return results


def _is_due(benchmark: Benchmark, size: int, options: argparse.Namespace) -> bool:
    if options.growth:
        return size in benchmark.growth
    if options.smoke:
        return True
    if options.size:
        return size <= benchmark.most
    return size in benchmark.sizes


if __name__ == "__main__":
    sys.exit(main())
