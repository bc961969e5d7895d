"""Installs the distributions of `examples/` for a test: what pip would put into site-packages, without pip."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def install(site: Path, *names: str) -> str:
    """Install examples into a folder; return the PYTHONPATH on which programs find them, and this source."""
    for name in names:
        example = ROOT / "examples" / name
        told = tomllib.loads((example / "pyproject.toml").read_text())
        project = told["project"]
        info = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
        info.mkdir(parents=True)
        head = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        (info / "METADATA").write_text(head)
        groups = project["entry-points"].items()
        lines = [f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in points.items()) for group, points in groups]
        (info / "entry_points.txt").write_text("\n".join(lines))
        for module in told["tool"]["hatch"]["build"]["targets"]["wheel"]["include"]:
            (site / module).write_text((example / module).read_text())
    return f"{ROOT / 'src'}:{site}"
