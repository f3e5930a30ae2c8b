"""How a run's end is told: metrics, the JSON line, the heartbeat's address, and drift of the layout."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kremlin_archive.errors import UsageError
from kremlin_archive.records import EventPage, Tag
from kremlin_archive.report import heartbeat
from kremlin_archive.report.drift import POOL, FillCount, find_drift
from kremlin_archive.report.heartbeat import heartbeat_address
from kremlin_archive.report.metrics import exposition, write_metrics
from kremlin_archive.report.runs import (
    close_reports,
    json_line,
    open_report,
    read_reports,
    write_report,
)
from kremlin_archive.report.summary import RunSummary, render
from kremlin_archive.report.tally import ExitCode, Tally

LABEL = r'[a-z_]+="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"([a-z_]+)(?:\{{({LABEL})\}})? (-?[0-9.e+-]+)")


def report(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A report as a run writes it."""
    return {
        "run_id": "2026-11-22T120000Z",
        "ended_at": "2026-11-22T12:00:10+00:00",
        "exit_code": 2,
        "seconds": 10.4,
        **Tally(exchanges=7, crashes=1).as_json(),
        "drift": [],
        "snapshot_rows": {"documents": 1234, "captures": 5000},
        **changes,
    }


def samples(text: str) -> dict[str, float]:
    """Read the exposition format as its specification has it: HELP and TYPE once, before the samples."""
    found: dict[str, float] = {}
    announced: list[str] = []
    assert text.endswith("\n")
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("# HELP "):
            announced.append(line.split(" ", 3)[2])
        elif line.startswith("# TYPE "):
            assert line.split(" ")[2:] == [announced[-1], "gauge"]
        else:
            match = SAMPLE.fullmatch(line)
            assert match, line
            assert match[1] == announced[-1]
            found[line.rpartition(" ")[0].removeprefix("kremlin_archive_")] = float(match[3])
    assert len(announced) == len(set(announced))
    return found


def test_metrics_tell_what_the_report_tells() -> None:
    told = samples(exposition(report()))
    assert told["last_run_timestamp_seconds"] == 1795348810
    assert told["last_run_duration_seconds"] == 10.4
    assert told["last_run_exit_code"] == 2
    assert told['last_run_pages{outcome="refused"}'] == 0
    assert told["last_run_exchanges"] == 7
    assert told["last_run_crashes"] == 1
    assert told["last_run_drifting_fields"] == 0
    assert told["documents"] == 1234


def test_metrics_leave_out_what_is_not_known() -> None:
    """No snapshot was published: that is not a snapshot of 0 documents."""
    text = exposition(report(snapshot_rows={}))
    assert "documents" not in samples(text)
    assert "kremlin_archive_documents" not in text
    assert "kremlin_archive_last_run_warnings" not in text


def test_label_values_are_escaped() -> None:
    text = exposition(report(warnings={'odd "\\" kind\nof two lines': 3}))
    assert samples(text)[r'last_run_warnings{kind="odd \"\\\" kind\nof two lines"}'] == 3


def test_metrics_replace_those_of_the_run_before(tmp_path: Path) -> None:
    path = tmp_path / "metrics" / "kremlin_archive.prom"
    write_metrics(path, report(exit_code=3))
    write_metrics(path, report(exit_code=0))
    assert samples(path.read_text("utf-8"))["last_run_exit_code"] == 0
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_metrics_that_cannot_be_written_are_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_bytes(b"")
    write_metrics(tmp_path / "file" / "a.prom", report())
    assert "the metrics could not be written" in caplog.text


def test_the_json_line_is_one_line_and_caps_the_misses() -> None:
    misses = [{"url": f"http://en.kremlin.ru/{n}", "problem": "a\nb\u2028ж"} for n in range(25)]
    line = json_line(report(misses=misses))
    assert len(line.splitlines()) == 1
    assert line.isascii()
    told = json.loads(line)
    assert (told["misses_count"], told["misses"]) == (25, misses[:10])
    assert told["exit_code"] == 2


def test_reports_come_newest_first_without_damaged_ones(tmp_path: Path) -> None:
    for name, text in (("1", '{"run_id": "1"}'), ("2", "{"), ("3", '{"run_id": "3"}'), ("4", "[]")):
        (tmp_path / f"{name}.json").write_text(text)
    assert [one["run_id"] for one in read_reports(tmp_path, most=9)] == ["3", "1"]
    assert [one["run_id"] for one in read_reports(tmp_path, most=2)] == ["3"]
    assert list(read_reports(tmp_path / "none", most=9)) == []


@pytest.mark.parametrize(
    ("url", "code", "address"),
    [
        ("https://monitor.example/ping/1", 0, "https://monitor.example/ping/1"),
        ("https://monitor.example/ping/1", 3, "https://monitor.example/ping/1/3"),
        ("https://monitor.example/ping/1/", 2, "https://monitor.example/ping/1/2"),
        ("http://[::1]:8000/a?create=1", 2, "http://[::1]:8000/a/2?create=1"),
    ],
)
def test_the_heartbeat_goes_where_the_exit_code_says(url: str, code: int, address: str) -> None:
    assert heartbeat_address(url, code) == address


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "monitor.example/ping", "ftp://a/b", "http://", "http://a b/c"),
        *(
            "http://[::1/a",
            "http://monitor.example:port/a",
            "http://a/\r\nX: y",
            "http://ж.example/",
        ),
    ],
)
def test_a_heartbeat_to_no_web_address_is_wrong_use(url: str) -> None:
    with pytest.raises(UsageError, match="HEARTBEAT_URL") as raised:
        heartbeat_address(url, 0)
    assert url not in str(raised.value) or url == "http://"


def test_a_monitor_that_never_answers_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(heartbeat, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/secret"
        assert heartbeat.send_heartbeat(url, 0, "words") is False
    assert "the heartbeat to 127.0.0.1 failed: timed out" in caplog.text
    assert "secret" not in caplog.text


def page(event_id: int, **fields: Any) -> EventPage:  # noqa: ANN401 - any field's value
    return EventPage(event_id, "en", f"http://en.kremlin.ru/{event_id}", "Title", **fields)


def run(records: int, language: str = "en", **shares: float) -> dict[str, Any]:
    """A report of a run that read so many records."""
    rates = {"title": 1.0, **shares}
    return {"fill_rates": {language: {"records": records, "rates": rates}}}


def test_a_fill_count_counts_what_is_there() -> None:
    count = FillCount()
    count.add(page(1, lead="", place="Moscow", topics=(Tag(1, "Economy"),)))
    count.add(page(2, place="Sochi"))
    told = count.as_json()
    assert told["records"] == 2
    rates = told["rates"]
    assert (rates["title"], rates["place"], rates["topics"], rates["lead"]) == (1, 1, 0.5, 0)
    assert not {"event_id", "language", "url", "warnings"} & set(rates)


def test_a_field_that_falls_away_is_drift() -> None:
    before = [run(50, place=rate, topics=0.7) for rate in (0.95, 0.9, 0.92, 0.4)]
    [drift] = find_drift([run(40, place=0.05, topics=0.6), *before])
    assert (drift.language, drift.field, drift.records) == ("en", "place", 40)
    assert (drift.rate, drift.usual) == (0.05, 0.91)
    assert "place on 5% of 40 pages, usually on 91%" in str(drift)


def test_quiet_runs_are_judged_together() -> None:
    """Two pages an hour are too few to say anything; two such hours are not."""
    good = [run(2, place=1.0)] * 40
    assert find_drift([run(2, place=0.0), *good]) == []
    [drift] = find_drift([run(2, place=0.0), run(2, place=0.0), *good])
    assert (drift.field, drift.rate, drift.records) == ("place", 0.8, 20)


@pytest.mark.parametrize(
    "reports",
    [
        pytest.param([], id="nothing"),
        pytest.param([run(POOL - 1, place=0.0), run(4, place=1.0)], id="the first runs"),
        pytest.param([run(50, place=0.0)] + [run(50, place=1.0)] * 2, id="too little is usual"),
        pytest.param([run(50, place=0.8)] + [run(50, place=0.9)] * 9, id="the news of the day"),
        pytest.param([run(20, place=0.25)] + [run(20, place=0.5)] * 9, id="chance"),
        pytest.param([run(50, place=1.0)] + [run(50, place=0.0)] * 9, id="a rise"),
        pytest.param([run(50, "ru", place=0.0)] + [run(50, place=1.0)] * 9, id="another language"),
        pytest.param([{}] + [run(50, place=0.0)] + [run(50, place=1.0)] * 9, id="nothing was read"),
    ],
)
def test_no_alarm_without_cause(reports: list[dict[str, Any]]) -> None:
    assert find_drift(reports) == []


@pytest.mark.parametrize(
    "damaged",
    [
        *({}, {"fill_rates": None}, {"fill_rates": []}, {"fill_rates": {"en": 3}}),
        *(
            {"fill_rates": {"en": {"records": 9}}},
            {"fill_rates": {"en": {"records": "x", "rates": {}}}},
        ),
        {"fill_rates": {"en": {"records": 9, "rates": {"title": float("inf")}}}},
        {"fill_rates": {"en": {"records": 9, "rates": {"title": None}}}},
    ],
)
def test_reports_in_no_known_shape_are_passed_over(damaged: Mapping[str, Any]) -> None:
    good = [run(50, place=1.0)] * 4
    assert [one.field for one in find_drift([run(50, place=0.0), damaged, *good])] == ["place"]


def test_a_summary_says_drift() -> None:
    drift = find_drift([run(50, place=0.0), *[run(50, place=1.0)] * 4])
    words = render(
        RunSummary(
            run_id="2026-11-22T120000Z",
            seconds=1,
            tally=Tally(),
            code=ExitCode.DONE,
            ended="finished",
            warcs=[],
            warc_bytes=0,
            snapshot=None,
            snapshot_rows={},
            drift=drift,
        )
    )
    assert "DRIFT      en: place on 0% of 50 pages" in words


def test_what_a_killed_run_left_open_becomes_its_report(tmp_path: Path) -> None:
    open_report(tmp_path / "1.json", {"run_id": "1", "arguments": {"mode": "fill"}})
    (tmp_path / "2.json.open").write_text('{"run_id"', "utf-8")
    open_report(tmp_path / "3.json", {"run_id": "3"})
    write_report(tmp_path / "3.json", {"run_id": "3", "exit_code": 0})
    assert [path.name for path in close_reports(tmp_path)] == ["1.json", "2.json"]
    told = list(read_reports(tmp_path, most=9))
    assert [(one["run_id"], one["exit_code"]) for one in told] == [
        ("3", 0),
        ("2", None),
        ("1", None),
    ]
    assert told[2]["arguments"] == {"mode": "fill"}
    assert close_reports(tmp_path) == []
    assert not list(tmp_path.glob("*.open"))
