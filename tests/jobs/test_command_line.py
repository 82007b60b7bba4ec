"""The words on the command line: what is wrong with them is said as the caller wants to read it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import yaml


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jobs.command_line", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_manifest_is_printed_to_be_put_into_a_file(tmp_path: Path) -> None:
    page = run(tmp_path, "slack", "manifest", "--url", "https://crm.example").stdout
    document = json.loads(run(tmp_path, "slack", "manifest", "--url", "https://crm.example", "--json").stdout)
    assert yaml.safe_load(page) == document["manifest"]
    assert "https://crm.example/slack/events" in page
