"""Archives to ask: one that saw the demo's edits, and one that cannot answer everything."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from kremlin_archive.demo import edit
from kremlin_archive.replica import Site, serve
from tests.crawl.running import crawl_at
from tests.recipes import planted

pytest.importorskip("nbclient")
pytest.importorskip("matplotlib")

from docs.recipes.build import Built, build, recipes

Asked = Callable[[str], Built]


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled site, crawled, edited as in the demo, and crawled again; only read."""
    root = tmp_path_factory.mktemp("planted") / "output"
    site = Site()
    with serve(site, log=False) as replica:
        first = crawl_at(root, replica.connect_to, {}, {})
        edit(site)
        edited = {"mode": "recheck", "ids": ",".join(sorted(planted.EDITED_EVENTS))}
        second = crawl_at(root, replica.connect_to, edited, {})
    assert (first.code, second.code) == (0, 0), first.log + second.log
    return root


@pytest.fixture(scope="session")
def lone_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One English page, seen once."""
    root = tmp_path_factory.mktemp("lone") / "output"
    with serve(Site(), log=False) as replica:
        run = crawl_at(root, replica.connect_to, {"languages": "en", "ids": "66419"}, {})
    assert run.code == 0, run.log
    return root


@pytest.fixture(scope="session")
def ask(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """Build a recipe, named by its number, from the planted archive; each but once."""
    import_module("matplotlib.font_manager")  # a first start announces that it lists the fonts
    out = tmp_path_factory.mktemp("built")

    @cache
    def built(number: str) -> Built:
        recipe = next(each for each in recipes() if each.name.startswith(f"{number}-"))
        return build(recipe, archive, out)

    return built
