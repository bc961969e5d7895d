"""A Ray cluster on this machine's loopback: a head that renders nothing and nodes with two places each.

`python -m tests.fleet.nodes NODES` prints its address; a line `kill` ends a node as a power cut does, `add` brings
another, `count` tells how many there are, the end of input ends all. With `-NODES` the autoscaler adds up to so many.
"""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

import ray
from ray.cluster_utils import Cluster

from tests.fleet.growing import ENVIRONMENT, HEAD, described

HOST = "127.0.0.2"  # Ray takes 127.0.0.1 for a way to say "this machine", and looks for its outer address
MEMORY = 80_000_000  # bytes of its object store, which carries no file here
CPUS = 2
ROOT = Path(__file__).parents[2]


def main(nodes: int) -> None:
    """Run until the input ends."""
    usual = {"node_ip_address": HOST, "object_store_memory": MEMORY}
    with tempfile.TemporaryDirectory() as folder:
        grows = _growing(Path(folder), -nodes) if nodes < 0 else {}
        head = {"num_cpus": 0, "include_dashboard": False, **usual, **grows}
        cluster = Cluster(initialize_head=True, head_node_args=head)
        alive = [cluster.add_node(num_cpus=CPUS, **usual) for _ in range(nodes)]
        print(cluster.address, flush=True)  # noqa: T201 - whoever started this reads it
        for line in sys.stdin:
            match line.strip():
                case "kill":
                    cluster.remove_node(alive.pop(0), allow_graceful=False)
                    print("done", flush=True)  # noqa: T201
                case "add":
                    alive.append(cluster.add_node(num_cpus=CPUS, **usual))
                    print("done", flush=True)  # noqa: T201
                case "count":
                    print(_alive(cluster.address), flush=True)  # noqa: T201
        cluster.shutdown()


def _growing(folder: Path, most: int) -> dict[str, Any]:
    os.environ.update(ENVIRONMENT, PYTHONPATH=os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", ""))))
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    node = {"CPU": CPUS, "object_store_memory": MEMORY}
    return {
        "gcs_server_port": port,
        "no_monitor": False,
        "autoscaling_config": described(folder, HOST, port, most, node),
        "env_vars": {"RAY_OVERRIDE_NODE_ID_FOR_TESTING": HEAD},
    }


def _alive(address: str) -> int:
    with ray.init(address, _node_ip_address=HOST, log_to_driver=False):
        return sum(bool(node["Alive"]) for node in ray.nodes()) - 1


if __name__ == "__main__":
    main(int(sys.argv[1]))
