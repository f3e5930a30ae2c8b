"""The files of ``deploy/`` name only what there is, and say what their readers understand."""

from __future__ import annotations

import json
import re
import runpy
import shlex
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from scrapy.settings import default_settings

from kremlin_archive import settings
from kremlin_archive.cli import cli
from kremlin_archive.plan import read_plan

PROJECT = Path(__file__).parents[2]
DEPLOY = PROJECT / "deploy"
SERVICE = DEPLOY / "kremlin-archive.service"
TIMER = DEPLOY / "kremlin-archive.timer"
TELLING = {"METRICS_FILE", "LOG_JSON_LINE", "HEARTBEAT_URL"}
HEARTBEAT = "KREMLIN_HEARTBEAT_URL"
INSTRUCTIONS = {
    *("FROM", "RUN", "COPY", "ENV", "WORKDIR", "USER", "VOLUME", "STOPSIGNAL", "ENTRYPOINT", "CMD"),
    *("ARG", "LABEL"),
}
SCHEDULE_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))

Unit = dict[str, list[tuple[str, str]]]


def logical_lines(path: Path) -> list[str]:
    """Lines with ``\\`` continuations joined, without comments and empty ones."""
    kept = [line for line in path.read_text("utf-8").splitlines() if not re.match(r"\s*#", line)]
    joined = re.sub(r"\\\n\s*", "", "\n".join(kept))
    return [line for line in joined.splitlines() if line.strip()]


def unit(path: Path) -> Unit:
    """Section -> directives in order; the same name may come again, as systemd allows."""
    sections: Unit = {}
    for line in logical_lines(path):
        if match := re.fullmatch(r"\[(\w+)\]", line):
            assert match[1] not in sections, f"{line} comes twice"
            sections[match[1]] = current = []
            continue
        directive = re.fullmatch(r"([A-Z]\w*)=(.*)", line)
        assert directive, f"{path.name}: {line!r} is no directive"
        current.append((directive[1], directive[2]))
    return sections


def values(path: Path, section: str, name: str) -> list[str]:
    return [value for key, value in unit(path)[section] if key == name]


def crontab() -> list[tuple[list[str], str]]:
    """Five fields and the command, a job each."""
    jobs = [
        line for line in logical_lines(DEPLOY / "crontab.example") if "=" not in line.split()[0]
    ]
    return [(line.split(None, 5)[:5], line.split(None, 5)[5]) for line in jobs]


def crawls() -> list[str]:
    """Every way in which ``deploy/`` starts the crawler."""
    [service] = values(SERVICE, "Service", "ExecStart")
    [entry] = [line for line in logical_lines(DEPLOY / "Containerfile") if "ENTRYPOINT" in line]
    container = shlex.join(json.loads(entry.removeprefix("ENTRYPOINT ")))
    return [service, container, *(line for _, line in crontab() if "scrapy" in line)]


def options(command: str, flag: str) -> dict[str, str]:
    """NAME -> VALUE of each ``-a`` or ``-s`` of the crawl in a command line."""
    words = shlex.split(re.split(r">>|;|\|\|", command)[0])
    given = [after for word, after in pairwise(words) if word == flag]
    return dict(pair.split("=", 1) for pair in given)


@pytest.mark.parametrize("command", crawls())
def test_a_crawl_passes_arguments_and_settings_that_there_are(command: str) -> None:
    assert "scrapy crawl events" in command
    read_plan(options(command, "-a"))
    named = options(command, "-s")
    assert "ARCHIVE_ROOT" in named
    assert [name for name in named if not hasattr(settings, name)] == []


@pytest.mark.parametrize("command", crawls())
def test_no_command_line_shows_the_address_of_the_monitor(command: str) -> None:
    assert "HEARTBEAT" not in command


@pytest.mark.parametrize("name", ["README.md", "crontab.example", "kremlin-archive.service"])
def test_the_address_of_the_monitor_is_in_the_environment_that_the_settings_read(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = set(re.findall(r"\b\w*HEARTBEAT_URL\b", (DEPLOY / name).read_text("utf-8")))
    assert named - {"HEARTBEAT_URL"} == {HEARTBEAT}
    monkeypatch.setenv(HEARTBEAT, "https://monitor.example/1")
    assert runpy.run_path(str(settings.__file__))["HEARTBEAT_URL"] == "https://monitor.example/1"


def test_a_setting_that_the_words_name_exists() -> None:
    words = "".join(path.read_text("utf-8") for path in sorted(DEPLOY.iterdir()))
    named = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", words)) - {"SCRAPY_SETTINGS_MODULE"}
    named = {name for name in named if not name.startswith("PYTHON")} - {HEARTBEAT}
    assert named >= TELLING
    known = {*vars(settings), *vars(default_settings), *_systemd_words(words)}
    assert named - known == set()


def _systemd_words(words: str) -> set[str]:
    return set(re.findall(r"\bAF_\w+", words))


def test_crontab_lines_have_five_fields_in_bounds_and_a_command() -> None:
    assert len(crontab()) == 4
    for fields, command in crontab():
        for field, (low, high) in zip(fields, SCHEDULE_BOUNDS, strict=True):
            assert field == "*" or low <= int(field) <= high, fields
        assert command.startswith("mkdir -p $ARCHIVE && cd /opt/kremlin-archive && .venv/bin/")
        assert "%" not in command  # cron ends the command there


def test_crontab_verbs_exist() -> None:
    named = [
        match[1]
        for _, line in crontab()
        if (match := re.search(r"bin/kremlin-archive (\w+)", line))
    ]
    assert named == ["verify"]
    assert set(named) <= set(cli.commands)


@pytest.mark.parametrize(
    ("job", "code", "mail"),
    [(0, 0, ""), (0, 4, ""), (0, 2, "exit code 2"), (0, 3, "code 3"), (1, 0, ""), (1, 4, "code 4")],
)
def test_a_cron_job_sends_mail_when_a_person_should_know(
    tmp_path: Path, job: int, code: int, mail: str
) -> None:
    scrapy = tmp_path / ".venv/bin/scrapy"
    scrapy.parent.mkdir(parents=True)
    scrapy.write_text(f"#!/bin/sh\necho told\nexit {code}\n")
    scrapy.chmod(0o755)
    line = crontab()[job][1].replace("/opt/kremlin-archive", shlex.quote(str(tmp_path)))
    archive = tmp_path / "archive"
    log = archive / "crawl.log"
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        env={"PATH": "/usr/bin:/bin", "ARCHIVE": str(archive), "LOG": str(log)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert (mail in done.stdout) if mail else (done.stdout == "")
    assert log.read_text() == "told\n"


def test_the_service_may_write_to_the_archive_only_and_has_no_rights() -> None:
    directives = dict(unit(SERVICE)["Service"])
    assert directives["ProtectSystem"] == "strict"
    assert directives["NoNewPrivileges"] == directives["PrivateTmp"] == "yes"
    assert directives["CapabilityBoundingSet"] == ""
    assert directives["User"] == "kremlin-archive"
    [writable] = values(SERVICE, "Service", "ReadWritePaths")
    assert writable == f"/var/lib/{directives['StateDirectory']}"
    given = options(directives["ExecStart"], "-s")
    for name in ("ARCHIVE_ROOT", "METRICS_FILE"):
        assert Path(given[name]).is_relative_to(writable)


def test_the_service_knows_the_exit_codes() -> None:
    """Nothing starts a run again that the site refused."""
    assert values(SERVICE, "Service", "SuccessExitStatus") == ["4"]
    assert values(SERVICE, "Service", "RestartPreventExitStatus") == ["1 2 3"]


def test_the_timer_starts_the_service_of_its_name() -> None:
    assert SERVICE.stem == TIMER.stem
    assert values(TIMER, "Timer", "OnCalendar") == ["hourly"]
    assert values(TIMER, "Timer", "Persistent") == ["yes"]
    assert values(TIMER, "Install", "WantedBy") == ["timers.target"]


@pytest.fixture
def installed(tmp_path: Path) -> list[str]:
    """The units as installed where the project's programs exist."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    for path in (SERVICE, TIMER):
        there = path.read_text("utf-8").replace(
            "/opt/kremlin-archive/.venv/bin/scrapy", "/bin/true"
        )
        (tmp_path / path.name).write_text(there, "utf-8")
    return [str(tmp_path / path.name) for path in (SERVICE, TIMER)]


def test_systemd_finds_nothing_to_complain_of(installed: list[str]) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *installed],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "kremlin-archive" in line]
    assert (done.returncode, ours) == (0, [])


def test_systemd_finds_the_service_hardened(installed: list[str]) -> None:
    """Its score goes from 0 (nothing exposed) to 100; a service without any hardening has 96."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", installed[0]],
        capture_output=True,
        text=True,
        check=False,
    )
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze cannot judge files offline")
    assert done.returncode == 0, done.stdout[-2000:]


def test_the_container_is_built_of_known_instructions_and_files_that_exist() -> None:
    lines = logical_lines(DEPLOY / "Containerfile")
    assert {line.split()[0] for line in lines} <= INSTRUCTIONS
    for line in lines:
        words = line.split()[1:]
        if line.startswith("COPY") and not words[0].startswith("--from"):
            assert [one for one in words[:-1] if not (PROJECT / one).exists()] == []
    assert any("--require-hashes -r requirements.lock" in line for line in lines)


def test_the_container_does_not_run_as_root() -> None:
    users = [line for line in logical_lines(DEPLOY / "Containerfile") if line.startswith("USER")]
    assert users == ["USER 10001"]


def test_no_registry_is_spelled_out() -> None:
    images = [
        line.split()[1]
        for line in logical_lines(DEPLOY / "Containerfile")
        if line.startswith("FROM")
    ]
    assert images
    assert [image for image in images if not re.fullmatch(r"[a-z]+:[a-z0-9.-]+", image)] == []
    words = "".join(path.read_text("utf-8") for path in sorted(DEPLOY.iterdir()))
    hosts = set(re.findall(r"\b[\w-]+\.(?:io|com|org|net|dev|cloud|ru)\b", words))
    assert hosts <= {"example.org"}


def test_the_links_of_the_words_lead_somewhere() -> None:
    words = (DEPLOY / "README.md").read_text("utf-8")
    linked = re.findall(r"\]\(([^)]+)\)", words)
    assert {path.name for path in DEPLOY.iterdir()} - {"README.md"} == set(linked)
