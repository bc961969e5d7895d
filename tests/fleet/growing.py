"""Nodes that Ray's autoscaler adds while work waits, and removes afterwards: processes of this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ray._private.node import Node
from ray._private.parameter import RayParams
from ray.autoscaler._private.fake_multi_node.node_provider import FakeMultiNodeProvider
from ray.autoscaler.tags import (
    NODE_KIND_WORKER,
    STATUS_UP_TO_DATE,
    TAG_RAY_NODE_KIND,
    TAG_RAY_NODE_NAME,
    TAG_RAY_NODE_STATUS,
    TAG_RAY_USER_NODE_TYPE,
)

_LISTS = (
    "cluster_synced_files",
    "rsync_exclude",
    "rsync_filter",
    "initialization_commands",
    "setup_commands",
    "head_setup_commands",
    "worker_setup_commands",
    "head_start_ray_commands",
    "worker_start_ray_commands",
)
_TABLES = ("file_mounts", "head_node", "worker_nodes", "docker", "auth")
HEAD = "f" * 51 + "00000"  # the autoscaler knows nodes by names that it has chosen
ENVIRONMENT = {"RAY_FAKE_CLUSTER": "1", "AUTOSCALER_UPDATE_INTERVAL_S": "1"}


class Provider(FakeMultiNodeProvider):  # type: ignore[misc]  # Ray's parts for its own tests have no types
    """As Ray's own for tests, on the loopback address."""

    def _create_node_with_resources_and_labels(
        self, node_config: Any, tags: dict[str, str], count: int, resources: dict[str, Any], labels: Any
    ) -> None:
        with self.lock:
            name, kind = self._next_hex_node_id(), tags[TAG_RAY_USER_NODE_TYPE]
            named = {
                "RAY_OVERRIDE_NODE_ID_FOR_TESTING": name,
                "RAY_CLOUD_INSTANCE_ID": name,
                "RAY_NODE_TYPE_NAME": kind,
            }
            params = RayParams(
                min_worker_port=0,
                max_worker_port=0,
                dashboard_agent_listen_port=0,
                num_cpus=resources["CPU"],
                object_store_memory=resources["object_store_memory"],
                node_ip_address=self.provider_config["host"],
                redis_address=self._gcs_address,
                gcs_address=self._gcs_address,
                env_vars={**named, "RAY_NODE_TYPE_NAME": kind},
            )
            ours = {
                TAG_RAY_NODE_KIND: NODE_KIND_WORKER,
                TAG_RAY_NODE_NAME: name,
                TAG_RAY_NODE_STATUS: STATUS_UP_TO_DATE,
            }
            node = Node(params, head=False, shutdown_at_exit=False, spawn_reaper=False)
            self._nodes[name] = {"tags": {**tags, **ours}, "node": node}


def described(folder: Path, host: str, port: int, most: int, node: dict[str, Any]) -> Path:
    """Write down a cluster of at most so many nodes for Ray's autoscaler, and return the file."""
    head, worker = "ray.head.default", "worker"
    said: dict[str, Any] = {
        "cluster_name": "growing",
        "max_workers": most,
        "upscaling_speed": 100,
        "idle_timeout_minutes": 0.05,
        "provider": {
            "type": "external",
            "module": f"{Provider.__module__}.{Provider.__name__}",
            "head_node_id": HEAD,
            "gcs_address": f"{host}:{port}",
            "host": host,
            "launch_multiple": True,
            "disable_node_updaters": True,
            "use_node_id_as_ip": True,
        },
        "available_node_types": {
            head: {"resources": {"CPU": 0}, "max_workers": 0, "node_config": {}},
            worker: {"resources": node, "min_workers": 0, "max_workers": most, "node_config": {}},
        },
        "head_node_type": head,
        "file_mounts_sync_continuously": False,
        **{name: [] for name in _LISTS},
        **{name: {} for name in _TABLES},
    }
    path = folder / "cluster.yaml"
    path.write_text(json.dumps(said))  # which is YAML too
    return path
