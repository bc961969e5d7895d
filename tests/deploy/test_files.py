"""The files for deploying say what the server knows; proxies and systemd read theirs where they are installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from reelgate.providers.configured import configured, kinds
from reelgate.secret_files import WithFiles, fill
from reelgate.settings import options
from tests.e2e.server import command, environment

DEPLOY = Path(__file__).parents[2] / "deploy"
TEXTS = sorted(path for path in DEPLOY.rglob("*") if path.is_file() and path.suffix != ".json")


def variables() -> set[str]:
    """Return the environment variables that are read."""
    ours = {(option.flag or f"--{name}").removeprefix("--") for name, (_, option) in options().items()}
    known = {f"REELGATE_{name.replace('-', '_').upper()}" for name in ours}
    vendors = {name for kind in kinds() for name in (kind.key_env, kind.url_env, kind.callback_env) if name}
    return {end for name in known | vendors for end in (name, f"{name}_FILE")}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_every_variable_is_one_that_is_read(path: Path) -> None:
    named = set(re.findall(r"\b(?:REELGATE_[A-Z_]+|[A-Z]+_API_KEY(?:_FILE)?)\b", path.read_text()))
    assert named - variables() == set()


def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / "kubernetes/reelgate.yml").read_text()))


def test_manifests_and_compose_are_whole() -> None:
    pods = [one["spec"]["template"]["spec"] for one in manifests() if one["kind"] == "Deployment"]
    assert len(pods) == 2
    for pod in pods:
        (container,) = pod["containers"]
        assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
        assert pod["terminationGracePeriodSeconds"] > 30
    compose = yaml.safe_load((DEPLOY / "docker/compose.yml").read_text())
    for service in compose["services"].values():
        assert set(service.get("secrets", ())) <= set(compose["secrets"])
    assert "--role" in pods[0]["containers"][0]["args"]


def test_the_image_runs_as_nobody_else() -> None:
    lines = (DEPLOY / "docker/Dockerfile").read_text().splitlines()
    users = [line for line in lines if line.startswith("USER")]
    assert users == ["USER 10001"]
    for line in lines:
        if line.startswith("COPY ") and "--from" not in line:
            assert all((DEPLOY.parent / name).exists() for name in line.split()[1:-1])


@pytest.mark.skipif(not shutil.which("nginx") or not shutil.which("openssl"), reason="nginx is not installed")
def test_nginx_reads_its_file(tmp_path: Path) -> None:
    text = (DEPLOY / "nginx/reelgate.conf").read_text().replace("/etc/ssl/reelgate", str(tmp_path))
    text = text.replace("443 ssl", "127.0.0.1:65001 ssl")
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{text}\n}}\n")
    files = ["-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", *files]
    subprocess.run([*made, "-subj", "/CN=x", "-days", "1"], check=True, capture_output=True)
    done = subprocess.run(
        ["nginx", "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "log")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("caddy"), reason="caddy is not installed")
@pytest.mark.parametrize("name", ["caddy/Caddyfile", "docker/Caddyfile"])
def test_caddy_reads_its_file(name: str, tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    called = ["caddy", "adapt", "--adapter", "caddyfile", "--config", str(DEPLOY / name)]
    done = subprocess.run(called, capture_output=True, text=True, env=home, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_reads_its_unit(tmp_path: Path) -> None:
    unit = (DEPLOY / "systemd/reelgate.service").read_text().replace("/opt/reelgate/bin/reelgate", "/bin/true")
    (tmp_path / "reelgate.service").write_text(unit)
    called = ["systemd-analyze", "verify", "--man=no", str(tmp_path / "reelgate.service")]
    done = subprocess.run(called, capture_output=True, text=True, check=False)
    assert "reelgate.service" not in done.stderr, done.stderr


def test_systemd_can_have_the_files_read_again() -> None:
    assert "ExecReload=/bin/kill -HUP $MAINPID" in (DEPLOY / "systemd/reelgate.service").read_text().splitlines()


def test_secrets_come_by_file(tmp_path: Path) -> None:
    (tmp_path / "ark").write_text("secret-of-ark\n")
    given = {"ARK_API_KEY_FILE": str(tmp_path / "ark"), "SSL_CERT_FILE": "/nowhere", "REELGATE_KEY_FILE": ""}
    (account,) = configured(WithFiles(given), None)
    assert account.key == "secret-of-ark"
    ours = {"REELGATE_STORE_FILE": str(tmp_path / "ark"), "REELGATE_PORT": "1", "REELGATE_PORT_FILE": "/nowhere"}
    fill(ours)
    assert (ours["REELGATE_STORE"], ours["REELGATE_PORT"]) == ("secret-of-ark", "1")
    with pytest.raises(OSError, match=r"ARK_API_KEY_FILE: /nowhere can't be read"):
        configured(WithFiles({"ARK_API_KEY_FILE": "/nowhere"}), None)


def test_a_secret_that_can_t_be_read_is_one_line() -> None:
    done = subprocess.run(
        command("models"),
        env=environment(REELGATE_KEY_FILE="/nowhere"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (
        2,
        "reelgate: REELGATE_KEY_FILE: /nowhere can't be read: No such file or directory\n",
    )
