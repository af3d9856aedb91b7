"""What the browser loads and we did not write is exactly what we once read."""

import hashlib
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "coordination" / "static" / "vendor"


def _line(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{digest}  {path.relative_to(VENDOR).as_posix()}"


def _vendored_files() -> list[Path]:
    return sorted(path for folder in VENDOR.iterdir() if folder.is_dir() for path in folder.rglob("*.*"))


def _licenses() -> list[Path]:
    return sorted(VENDOR.glob("*/LICENSE"))


def test_every_vendored_file_has_its_listed_hash() -> None:
    listed = (VENDOR / "SHA256SUMS").read_text().splitlines()
    assert sorted(listed) == sorted(_line(path) for path in [*_vendored_files(), *_licenses()])


def test_every_vendored_package_carries_its_license() -> None:
    folders = [folder for folder in VENDOR.iterdir() if folder.is_dir()]
    assert [license.parent for license in _licenses()] == sorted(folders)


def test_no_vendored_file_fetches_from_elsewhere() -> None:
    for path in _vendored_files():
        text = path.read_text()
        assert "url(http" not in text, path
        assert "@import" not in text, path
        assert "eval(" not in text, path
