"""Leaves the backups of a release: python3 -m tests.releases.make v1.0.0 postgres://kpi@/scratch?host=/run/postgresql

The second argument is an empty database. Both sites are demonstrations of the code that lies here, with keys of their own.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.releases.site import run, says


def main(name: str, postgresql: str) -> None:
    target = Path(__file__).parent / name
    target.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        said = {}
        for kind, database in (("sqlite", ""), ("postgresql", postgresql)):
            var = Path(folder) / kind
            var.mkdir()
            for command in ("migrate", "load_gazette", "load_demo"):
                run(var, database, command)
            run(var, database, "backup", str(target / f"{kind}.tar.gz"))
            # Of a demonstration: no secret, and without it the backup could not be restored.
            shutil.copy(var / "audit-key", target / f"{kind}.audit-key")
            said[kind] = says(var, database)
    # Two loadings differ in their moments, so each is kept with what it says itself.
    (target / "said.json").write_text(json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
