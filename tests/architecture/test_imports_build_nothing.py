"""Importing builds nothing: no engine, client, session or settings, and packages hold a docstring only."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from tests.architecture.source import ROOT, label, source_files, tree

BUILDERS = {
    "create_engine",
    "Engine",
    "Client",
    "WebClient",
    "App",
    "HubSpot",
    "Environment",
    "Settings",
    "load_settings",
}
LISTENS = """
import socket, sqlite3, sys, threading
def refuse(*args, **more): raise SystemExit(f"{args} was asked for while importing")
socket.socket.connect = refuse
sqlite3.connect = refuse
from tests.every_command import every_command
every_command()
others = [t.name for t in threading.enumerate() if t is not threading.main_thread()]
sys.exit(f"threads run: {others}" if others else 0)
"""


def test_a_packages_init_holds_a_docstring_and_nothing_else() -> None:
    for path in [path for path in source_files() if path.name == "__init__.py"]:
        body = tree(path).body
        assert [type(statement) for statement in body] == [ast.Expr], label(path)
        assert ast.get_docstring(tree(path)), label(path)


def test_modules_and_default_arguments_build_nothing() -> None:
    for path in source_files():
        called = {ast.unparse(n.func).split(".")[-1] for n in early(path) if isinstance(n, ast.Call)}
        assert called & BUILDERS == set(), label(path)


def early(path: Path) -> list[ast.AST]:
    """All that is evaluated while a file is imported: values at its top level, and default arguments."""
    module = tree(path)
    values: list[ast.AST] = [one for one in module.body if isinstance(one, ast.Assign | ast.AnnAssign | ast.Expr)]
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            values += [one for one in (*node.args.defaults, *node.args.kw_defaults) if one is not None]
    return [node for value in values for node in ast.walk(value)]


def test_importing_the_program_connects_to_nothing_and_starts_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", LISTENS], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
