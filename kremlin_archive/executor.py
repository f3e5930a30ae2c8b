"""The seam for parallel work: one file, one task, on any ``concurrent.futures.Executor``."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager


@contextmanager
def local_executor(jobs: int) -> Iterator[Executor | None]:
    """So many processes on this machine; None, to work in this one, for a single job."""
    if jobs <= 1:
        yield None
        return
    # Forking a process whose Arrow threads run can hang it.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as executor:
        yield executor
