"""Regenerate valija/v1 from proto/, or check that what is committed is what comes out.

Generated code is committed (docs/decisions/0008), so that nobody needs a compiler to read or
run the kernel; this gate keeps it from drifting.
"""

import filecmp
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TARGET = Path("valija/v1")


def generate(into: Path) -> None:
    """Write the generated modules and their stubs below `into`."""
    sources = sorted(str(path) for path in Path("proto/valija/v1").glob("*.proto"))
    command = [sys.executable, "-m", "grpc_tools.protoc", "-Iproto", f"--python_out={into}"]
    plugin = f"--plugin=protoc-gen-mypy={Path(sys.executable).parent / 'protoc-gen-mypy'}"
    command += [plugin, f"--mypy_out=quiet:{into}", *sources]
    subprocess.run(command, check=True)


def main(arguments: list[str]) -> int:
    """Write, or with `--check` compare; 0 when they agree."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        generate(fresh)
        made = sorted((fresh / TARGET).iterdir())
        if "--check" not in arguments:
            for path in made:
                shutil.copy(path, TARGET / path.name)
            return 0
        committed = {path.name for path in TARGET.glob("*_pb2*")}
        stale = [p.name for p in made if not filecmp.cmp(p, TARGET / p.name, shallow=False)]
        stale += sorted(committed ^ {path.name for path in made})
    if stale:
        print("valija/v1 is not what proto/ says:", ", ".join(stale), "; run: make proto")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
