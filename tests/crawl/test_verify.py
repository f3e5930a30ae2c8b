from __future__ import annotations

from kremlin_archive.archive.cdxj_index import update_index
from kremlin_archive.verify.archive import verify_archive
from tests.crawl.running import Crawl


def test_a_crawled_archive_is_sound(crawl: Crawl) -> None:
    for mode in (
        "update",
        "recheck",
    ):  # the second finds it again: revisits, in a file of their own
        run = crawl(mode=mode)
        assert run.code == 0, run.log
    update_index(run.root)
    assert run.records("revisit")
    report = verify_archive(run.root, every_snapshot=True, jobs=2)
    assert [one.as_json() for one in report.findings] == []
    assert report.files == 2
    assert report.claims > len(run.rows("captures"))
