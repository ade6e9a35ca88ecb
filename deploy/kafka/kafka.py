"""Apache Kafka on this machine: fetched, started with TLS and access rules, stopped.

Run as `python deploy/kafka/kafka.py COMMAND`; `--help` lists the commands. A started cluster
listens on loopback only and ends by itself after `--seconds`. Its files are all under `--home`;
the jars under `.kafka/jars` of this repository. `make kafka`, the demo and the tests use it.
"""

import sys
from pathlib import Path

# Run as a file, Python puts this folder on the path; the modules stand at the root.
sys.path[0] = str(Path(__file__).parents[2])

from deploy.kafka.command import main  # noqa: E402  # The path comes first.

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
