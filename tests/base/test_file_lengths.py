"""No file of the product is longer than can be read at one sitting; migrations and data are left out."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("coordination", "patients", "labs", "scheduling", "bench")
MOST_LINES = 400


def too_long() -> dict[str, int]:
    """The files over the limit, by their path, with their number of lines."""
    files = [ROOT / "run.py", ROOT / "manage.py"]
    files += [
        path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts
    ]
    assert len(files) > 400
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in files
    }
    return {path: length for path, length in lengths.items() if length > MOST_LINES}


def test_no_file_is_too_long() -> None:
    assert too_long() == {}
