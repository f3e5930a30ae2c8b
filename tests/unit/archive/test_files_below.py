from __future__ import annotations

from pathlib import Path

from kremlin_archive.archive.files_below import files_below


def test_files_are_given_by_path_with_their_sizes(tmp_path: Path) -> None:
    for name, size in (("b/2.gz", 2), ("a.gz", 1), ("b/c/3.gz", 3), ("b/4.txt", 4)):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
    assert list(files_below(tmp_path, ".gz").items()) == [
        *(("a.gz", 1), ("b/2.gz", 2), ("b/c/3.gz", 3))
    ]
    assert files_below(tmp_path / "nothing", ".gz") == {}


def test_a_link_to_a_disk_that_is_away_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "here.gz").write_bytes(b"x")
    (tmp_path / "away.gz").symlink_to(tmp_path / "unmounted/away.gz")
    assert files_below(tmp_path, ".gz") == {"here.gz": 1}
