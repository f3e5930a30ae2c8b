"""What can be found wrong, each with its code, how bad it is, and what to do about it.

A *fault* means that bytes are lost or changed, that the WARC standard is broken, or that something points
to what is not there: ``verify`` exits with 1. A *note* is worth knowing and leaves the exit code at 0.
Some things are a fault only in files that this project wrote, which promise more than the standard asks:
severity ``ours``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

Severity = Literal["fault", "note"]

_LISTED = 100
"""Findings of one code kept for one file; more of them are counted, so a broken file costs no memory."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How bad findings of one code are, and what to do."""

    severity: Literal["fault", "note", "ours"]
    advice: str


_CUT = "get the whole file again; the records before this offset are good"
_REWRITE = "rewrite the file with a gzip member for each record (warcio recompress)"
_COPY = "compare with another copy of the file; the other records are not affected"
_FIELDS = "the software that wrote the file is at fault; rewrite the record with a correct header"
_HTTP = "what is stored is not what the header says: the body was changed after its capture"
_INDEX = "make the index anew: kremlin-archive index --fresh"
_ROW = "make the tables anew: kremlin-archive extract --fresh"
_SNAPSHOT = "restore the snapshot from a copy, or publish it anew: kremlin-archive extract"
_REVISIT = "replay cannot show this capture; look for the original in other files"
_GOOD = "nothing: it can be read"


def _kinds(severity: Literal["fault", "note", "ours"], **advice: str) -> dict[str, Kind]:
    return {code.replace("_", "-"): Kind(severity, words) for code, words in advice.items()}


KINDS = MappingProxyType(
    {
        # the file and where its records begin and end
        **_kinds(
            "fault",
            empty_file="get the file again, or remove it",
            not_a_warc="it is something else; ARC files can be converted with warcio recompress",
            cut=_CUT,
            gzip_broken=_COPY,
            one_gzip_stream=_REWRITE,
            mixed_compression=_REWRITE,
            zeros="cut them off: a crash or a copy that was not finished left them",
            garbage="cut it off, or get the file again",
            no_record="get the file again; reading goes on at the next record",
            content_length_missing=_FIELDS,
            content_length_wrong=_FIELDS,
            no_record_end=_FIELDS,
            file_changed="a closed file never changes: restore it from a copy",
            file_missing="restore the file from a copy; what points to it has lost its bytes",
        ),
        **_kinds(
            "note", open_file="a crawl is writing it, or was killed: the next crawl recovers it"
        ),
        # the header of a record
        **_kinds(
            "fault",
            unknown_version="only WARC/1.1, 1.0 and 0.x are defined; correct the version line",
            bad_header_line=_FIELDS,
            missing_field=_FIELDS,
            forbidden_field=_FIELDS,
            repeated_field=_FIELDS,
            unknown_type="readers skip it; correct WARC-Type",
            bad_date="WARC-Date must be UTC, as 2020-08-27T12:20:00Z",
            bad_record_id="WARC-Record-ID must be a URI in angle brackets, <urn:uuid:…>",
            bad_uri="WARC-Target-URI must be percent-encoded ASCII without spaces",
            no_content_type=_FIELDS,
        ),
        **_kinds(
            "ours",
            uri_in_brackets="only ids have angle brackets in WARC/1.1; readers strip them",
            uri_with_fragment="a fragment is never sent to a server; leave it away",
            warcinfo_not_first="every file of ours begins with a warcinfo record",
            half_record_end="readers cope; the standard wants CR LF twice behind the block",
            warc_filename="give the file the name its warcinfo record says",
            digest_of_nothing="wget writes it so for revisits; the block was not checked",
            no_block_digest="the block cannot be checked; nothing else is known to be wrong",
            wrong_msgtype="Content-Type should be application/http;msgtype=request or response",
        ),
        **_kinds(
            "note",
            old_version=_GOOD,
            warcinfo_names_itself="wpull does; the standard knows no warcinfo of a warcinfo",
            coarse_date="the standard allows it, but replay needs the second",
            fine_date="WARC/1.0 knows whole seconds only; most readers take it",
            segmented="digests of records in segments are not checked",
            unknown_digest="the digest's algorithm or form is not known, so it was not checked",
            unknown_profile="readers do not interpret the record",
        ),
        # digests, and the HTTP message against its own header
        **_kinds(
            "fault",
            block_digest_wrong=_COPY,
            payload_digest_wrong=_COPY,
            no_http_head="the record says it holds HTTP; it does not begin with a status line",
            body_not_chunked=_HTTP,
            chunks_broken=_HTTP,
            body_not_gzip=_HTTP,
            body_short="bytes are missing and no WARC-Truncated says so; fetch the page again",
            body_long="more bytes are stored than the server announced; readers leave them out",
        ),
        **_kinds(
            "ours",
            body_absent="an answer to HEAD, or the body was lost",
            digest_of_truncated="the digest is that of the whole body, of which a part is stored",
            digest_without_payload="the record has no payload; leave the digest away",
        ),
        **_kinds(
            "note",
            body_dechunked="many recorders before 2015 stored bodies so; readers cope",
            partner_left_behind="nothing: an import took this record and not its partner",
            duplicate_id_of_wget="nothing: wget 1.14 gave two papers about itself the same id",
            digest_over_chunks="many tools write it so; the standard means the body without chunks",
        ),
        # ids, and records that name others
        **_kinds(
            "fault",
            duplicate_record_id="keep one of the two, or give one a new id",
            dangling_concurrent_to="the record it belongs with is lost; look for it in other files",
            refers_to_no_response=_REVISIT,
            refers_to_other_uri=_REVISIT,
            refers_to_other_date=_REVISIT,
            refers_to_other_digest=_REVISIT,
        ),
        **_kinds(
            "ours",
            dangling_warcinfo_id="it may be in a file that was not given",
            dangling_refers_to="it may be in a file that was not given; " + _REVISIT,
            refers_to_a_revisit="replay resolves one step only; name the original response",
            revisit_unresolvable="replay needs the original's Target-URI and Date",
        ),
        # the index, the snapshots and their rows
        **_kinds(
            "fault",
            index_unsorted=_INDEX,
            index_line_broken=_INDEX,
            index_line_repeated=_INDEX,
            index_line_wrong=_INDEX,
            not_indexed="bring the index up to date: kremlin-archive index",
            snapshot_broken=_SNAPSHOT,
            checksum_wrong=_SNAPSHOT,
            snapshot_file_missing=_SNAPSHOT,
            stray_file="remove it: readers of the folder fail on it",
            manifest_wrong=_SNAPSHOT,
            row_wrong=_ROW,
        ),
        **_kinds(
            "note",
            no_index="make one: kremlin-archive index",
            no_snapshot="publish one: kremlin-archive extract",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. ``offset`` is a byte of the file, ``row`` a row or line of it, from 1."""

    severity: Severity
    file: str
    code: str
    problem: str
    offset: int | None = None
    row: int | None = None
    record_id: str | None = None

    @property
    def advice(self) -> str:
        """What to do about it."""
        return KINDS[self.code].advice

    @property
    def place(self) -> tuple[str, int, int]:
        """For sorting: file, offset, row."""
        return self.file, self.offset or 0, self.row or 0

    def as_json(self) -> dict[str, Any]:
        """The finding as plain JSON values."""
        return {
            "severity": self.severity,
            "file": self.file,
            "offset": self.offset,
            "row": self.row,
            "record_id": self.record_id,
            "code": self.code,
            "problem": self.problem,
            "advice": self.advice,
        }


def finding(
    code: str,
    file: str,
    problem: str,
    *,
    ours: bool = True,
    offset: int | None = None,
    row: int | None = None,
    record_id: str | None = None,
) -> Finding:
    """A finding of a known code; ``ours`` says whether it concerns a file that this project wrote."""
    kind = KINDS[code].severity
    severity: Severity = "fault" if kind == "fault" or (kind == "ours" and ours) else "note"
    return Finding(severity, file, code, problem, offset, row, record_id)


class Findings:
    """What was found so far: all counted, of each code and file the first hundred kept."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._counts: Counter[tuple[Severity, str, str]] = Counter()

    def add(self, one: Finding) -> None:
        """Count a finding, and keep it unless there are many of its kind in its file."""
        key = (one.severity, one.file, one.code)
        self._counts[key] += 1
        if self._counts[key] <= _LISTED:
            self._kept.append(one)

    def extend(self, more: Iterable[Finding]) -> None:
        """Add one after the other."""
        for one in more:
            self.add(one)

    def merge(self, other: Findings) -> None:
        """Take in what was found elsewhere."""
        self._counts.update(other._counts)
        self._kept += other._kept

    def count(self, severity: Severity) -> int:
        """How many there are, kept or not."""
        return sum(n for key, n in self._counts.items() if key[0] == severity)

    def counts(self) -> Counter[tuple[Severity, str, str]]:
        """How many of each severity, file and code."""
        return Counter(self._counts)

    def __iter__(self) -> Iterator[Finding]:
        """Those kept, by file, offset and row."""
        return iter(sorted(self._kept, key=lambda one: (one.place, one.code)))

    def __len__(self) -> int:
        return self._counts.total()
