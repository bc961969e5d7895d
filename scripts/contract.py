"""`make contract`: generated requests to every route of a live gateway, each answer compared with the OpenAPI document.

Requests are valid and broken: boundaries of every field, wrong types, missing and odd values. No answer may be a 5xx,
and each has a status, a content type and a body that the document describes. Ends with status 1 if one has not.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.e2e.server import serving

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
    "unsupported_method",
    "allow_header_conformance",
)


def main() -> int:
    """Run."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--examples", type=int, default=50, help="generated requests for each route")
    options.add_argument("--phases", default="examples,coverage,fuzzing")
    options.add_argument("--only", default="", help="a regular expression of paths")
    options.add_argument("--seed", default="1")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), "--workers", "0") as server:
        command = [sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}/openapi.json"]
        command += ["--header", f"Authorization: Bearer {server.key}", "--exclude-path-regex", "^/(v1/events|mcp)$"]
        command += ["--checks", ",".join(CHECKS), "--phases", asked.phases, "--max-examples", str(asked.examples)]
        command += ["--seed", asked.seed, "--continue-on-failure", "--request-timeout", "60", "--warnings", "off"]
        command += ["--suppress-health-check", "all", "--generation-database", "none"]
        command += ["--include-path-regex", asked.only] if asked.only else []
        hooks = {"SCHEMATHESIS_HOOKS": "scripts.contract_hooks", "PYTHONPATH": os.pathsep.join(sys.path)}
        return subprocess.run(command, check=False, cwd=folder, env=os.environ | hooks).returncode


if __name__ == "__main__":
    sys.exit(main())
