"""``grafx-lab bench``: the benchmarks, each a script of its own."""

import ast
import importlib.util
import subprocess
import sys
from argparse import REMAINDER, ArgumentParser, Namespace
from pathlib import Path

from grafx_lab.cli.errors import UsageError
from grafx_lab.cli.exit_status import DONE
from grafx_lab.resources import benchmarks_folder

HELP = "measure speed, memory and how well fits do, beside other libraries; without a name, list the benchmarks"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the words that the command understands."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="of a benchmark; without one they are listed")
    parser.add_argument("words", nargs=REMAINDER, metavar="WORD", help="for the benchmark, such as --help")


def run(arguments: Namespace) -> int:
    """Run a benchmark until it ends, and return its exit status; without a name, list them."""
    scripts = benchmarks()
    if arguments.name is None:
        width = max(map(len, scripts))
        print("\n".join(f"  {name:<{width}}  {_title(script)}" for name, script in scripts.items()))
        return DONE
    if arguments.name not in scripts:
        raise UsageError(f"There is no benchmark {arguments.name!r}, expected one of {', '.join(scripts)}.")
    script = scripts[arguments.name]
    if missing := _missing(script):
        raise UsageError(
            f"The benchmark '{arguments.name}' compares with {', '.join(missing)}, which {_are(missing)} not installed."
            " Install what it needs with: pip install 'grafx-lab[peers]'"
        )
    return subprocess.run([sys.executable, str(script), *arguments.words], check=False).returncode


def benchmarks() -> dict[str, Path]:
    """The scripts by name: what has a ``main``; the other files of the folder are their tools."""
    return {script.stem: script for script in sorted(benchmarks_folder().glob("*.py")) if _has_main(script)}


def _title(script: Path) -> str:
    """The first line of what a benchmark says of itself, and what it lacks."""
    title = (ast.get_docstring(_parsed(script)) or "").partition("\n")[0]
    missing = _missing(script)
    needs = f" ({', '.join(missing)} {_are(missing)} not installed)" if missing else ""
    return f"{title}{needs}"


def _missing(script: Path) -> list[str]:
    """Packages that a script, or a tool beside it, imports anywhere and that are not there."""
    imported, waiting = set(), [script]
    while waiting:
        names = _imports(waiting.pop()) - imported
        imported |= names
        waiting += [tool for name in names if (tool := script.with_name(f"{name}.py")).is_file()]
    return sorted(
        name
        for name in imported
        if not script.with_name(f"{name}.py").is_file() and importlib.util.find_spec(name) is None
    )


def _imports(script: Path) -> set[str]:
    nodes = list(ast.walk(_parsed(script)))
    plain = {alias.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module.split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom) and node.module}


def _has_main(script: Path) -> bool:
    return any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in _parsed(script).body)


def _parsed(script: Path) -> ast.Module:
    return ast.parse(script.read_text(encoding="utf-8"))


def _are(names: list[str]) -> str:
    return "are" if len(names) > 1 else "is"
