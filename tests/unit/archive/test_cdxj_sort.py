from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kremlin_archive.archive.line_sort import LineSorter

LINE = st.binary(max_size=12).map(lambda text: text.replace(b"\n", b"") + b"\n")


@given(st.lists(LINE), st.integers(1, 60))
def test_lines_are_sorted_once_each_however_many_runs_it_takes(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], run_bytes: int
) -> None:
    sorter = LineSorter(tmp_path_factory.mktemp("runs"), run_bytes=run_bytes)
    for line in lines:
        sorter.add(line)
    assert list(sorter.sorted()) == sorted(set(lines))


def test_runs_beyond_the_limit_are_merged(tmp_path: Path) -> None:
    sorter = LineSorter(tmp_path, run_bytes=1)
    lines = [f"{number * 7919 % 1000:03d}\n".encode() for number in range(1000)]
    for line in lines:
        sorter.add(line)
        assert len(list(tmp_path.iterdir())) <= 64
    assert list(sorter.sorted()) == sorted(lines)


def test_the_order_is_that_of_sort_in_the_c_locale(tmp_path: Path) -> None:
    lines = ["ru,кремль)/ 2\n", "ru,kremlin)/ 1\n", "ru,kremlin,en)/ 1\n", "RU)/ 1\n", "ru)/~ 1\n"]
    sorter = LineSorter(tmp_path)
    for line in lines:
        sorter.add(line.encode())
    command = subprocess.run(
        ["sort"],
        env={"LC_ALL": "C"},
        input="".join(lines).encode(),
        capture_output=True,
        check=True,
    )
    assert b"".join(sorter.sorted()) == command.stdout
