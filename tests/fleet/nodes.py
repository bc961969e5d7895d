"""A Ray cluster on this machine's loopback: a head that renders nothing and nodes with two places each.

`python -m tests.fleet.nodes NODES` prints its address; a line `kill` ends a node as a power cut does, `add` brings
another, the end of input ends all.
"""

from __future__ import annotations

import sys

from ray.cluster_utils import Cluster

HOST = "127.0.0.2"  # Ray takes 127.0.0.1 for a way to say "this machine", and looks for its outer address
MEMORY = 80_000_000  # bytes of its object store, which carries no file here


def main(nodes: int) -> None:
    """Run until the input ends."""
    usual = {"node_ip_address": HOST, "object_store_memory": MEMORY}
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False, **usual})
    alive = [cluster.add_node(num_cpus=2, **usual) for _ in range(nodes)]
    print(cluster.address, flush=True)  # noqa: T201 - whoever started this reads it
    for line in sys.stdin:
        if line.strip() == "kill":
            cluster.remove_node(alive.pop(0), allow_graceful=False)
        elif line.strip() == "add":
            alive.append(cluster.add_node(num_cpus=2, **usual))
        print("done", flush=True)  # noqa: T201
    cluster.shutdown()


if __name__ == "__main__":
    main(int(sys.argv[1]))
