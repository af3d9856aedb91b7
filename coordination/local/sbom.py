"""Add to a list of Python packages (CycloneDX) what the browser loads: the folders NAME-VERSION of vendor/.

python -m coordination.local.sbom FILE
"""

import json
import sys
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).parents[1] / "static" / "vendor"


def vendored() -> list[dict[str, Any]]:
    """One component for each vendored folder."""
    return [
        {
            "type": "library",
            "bom-ref": f"vendored:{folder.name}",
            "name": name,
            "version": version,
            "purl": f"pkg:npm/{name}@{version}",
        }
        for folder in sorted(VENDOR.iterdir())
        if folder.is_dir()
        for name, _, version in [folder.name.rpartition("-")]
    ]


def complete(path: Path) -> int:
    """Add them to the file, once however often it is run; return how many components it lists."""
    document = json.loads(path.read_text(encoding="utf-8"))
    ours = vendored()
    known = {component["bom-ref"] for component in ours}
    others = [one for one in document["components"] if one.get("bom-ref") not in known]
    document["components"] = others + ours
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return len(document["components"])


if __name__ == "__main__":
    print(f"{complete(Path(sys.argv[1]))} components")
