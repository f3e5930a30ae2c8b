"""The TEI corpus: well-formed, every pointer resolves, no word lost; by ParlaMint's and TEI's own rules."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

from kremlin_archive.dataset.snapshot import publish
from kremlin_archive.exporting.tei.convention import xml_id
from kremlin_archive.exporting.tei.element import element, line
from kremlin_archive.exporting.tei.stage import marked
from tests.unit.dataset.conftest import Event, Site, rows_of
from tests.unit.exporting.conftest import REMOVAL, Archive

TEI = "{http://www.tei-c.org/ns/1.0}"
ID, LANG = (f"{{http://www.w3.org/XML/1998/namespace}}{name}" for name in ("id", "lang"))
INCLUDE = "{http://www.w3.org/2001/XInclude}include"
_PARAGRAPH = re.compile(r"(?:en|ru)\.\d+\.p\d+")


@pytest.fixture(scope="module")
def corpus(archive: Archive) -> Path:
    return archive.export("tei", "tei")


@pytest.fixture(scope="module")
def roots(corpus: Path) -> dict[str, ET.Element]:
    return {
        language: read(corpus / f"KremlinArchive-{language}" / f"KremlinArchive-{language}.xml")
        for language in ("en", "ru")
    }


@pytest.fixture(scope="module")
def components(corpus: Path) -> dict[Path, ET.Element]:
    return {path: read(path) for path in sorted(corpus.glob("*/*/*.xml"))}


def read(path: Path) -> ET.Element:
    return ET.fromstring(path.read_bytes())  # noqa: S314 - our own file


def paragraphs(root: ET.Element) -> list[str]:
    """The texts of the elements that are paragraphs, in order."""
    return [
        "".join(each.itertext())
        for division in root.iterfind(f"{TEI}text/{TEI}body/{TEI}div")
        for each in division.iter()
        if _PARAGRAPH.fullmatch(each.get(ID, ""))
        or (each.tag == f"{TEI}gap" and is_own(division, each))
    ]


def is_own(division: ET.Element, gap: ET.Element) -> bool:
    return any(gap in parent for parent in (division, *division.iterfind(f"{TEI}u")))


def test_a_root_includes_every_component_of_its_language(
    corpus: Path, roots: dict[str, ET.Element], components: dict[Path, ET.Element]
) -> None:
    for language, root in roots.items():
        folder = corpus / f"KremlinArchive-{language}"
        included = [folder / each.attrib["href"] for each in root.iter(INCLUDE)]
        assert included == [path for path in components if path.is_relative_to(folder)]
    assert [path.name for path in components] == [
        "KremlinArchive-en_2003-05-08-70.xml",
        "KremlinArchive-en_2003-05-09-71.xml",
        "KremlinArchive-en_2004-01-01-73.xml",
        "KremlinArchive-en_2021-08-21-66419.xml",
        "KremlinArchive-ru_2004-01-02-70.xml",
        "KremlinArchive-ru_2021-08-21-66419.xml",
    ]


def test_ids_are_names_and_unique_and_files_are_named_by_theirs(
    roots: dict[str, ET.Element], components: dict[Path, ET.Element]
) -> None:
    for language, root in roots.items():
        own = [one for one in components.values() if one.get(LANG) == language]
        ids = Counter(each.get(ID) for part in (root, *own) for each in part.iter() if each.get(ID))
        assert set(ids.values()) == {1}
        assert all(re.fullmatch(r"[^\W\d][\w.\-]*", str(one)) for one in ids)
    assert all(root.get(ID) == path.stem for path, root in components.items())


def test_every_pointer_resolves(
    roots: dict[str, ET.Element], components: dict[Path, ET.Element]
) -> None:
    pointed: set[str] = set()
    for path, component in components.items():
        known = {each.get(ID) for each in roots[component.attrib[LANG]].iter()}
        for each in component.iter():
            targets = [*each.get("who", "").split(), *each.get("ana", "").split()]
            pointed.update(targets)
            assert {target.removeprefix("#") for target in targets} <= known, path
        if other := component.get("corresp"):
            assert (path.parent / other).resolve() in components
    assert {"#chair", "#regular", "#guest", "#crowd", "#countries.KZ"} - pointed == {"#chair"}


def test_no_paragraph_is_lost(archive: Archive, components: dict[Path, ET.Element]) -> None:
    texts = {
        row["doc_id"]: row["text"]
        for row in rows_of(archive.root / "latest", "documents")
        if row["title"]
    }
    written = {
        f"{root.attrib[LANG]}:{path.stem.rpartition('-')[2]}": "\n".join(paragraphs(root))
        for path, root in components.items()
    }
    assert written == texts


def test_extents_and_tag_counts_are_right(
    archive: Archive, roots: dict[str, ET.Element], components: dict[Path, ET.Element]
) -> None:
    rows = {row["doc_id"]: row for row in rows_of(archive.root / "latest", "documents")}

    def extent(root: ET.Element) -> dict[str, int]:
        measures = root.iterfind(f"{TEI}teiHeader/{TEI}fileDesc/{TEI}extent/{TEI}measure")
        return {each.attrib["unit"]: int(each.attrib["quantity"]) for each in measures}

    sums: dict[str, Counter[str]] = {"en": Counter(), "ru": Counter()}
    for path, root in components.items():
        row = rows[f"{root.attrib[LANG]}:{path.stem.rpartition('-')[2]}"]
        assert extent(root) == {"speeches": row["n_turns"], "words": row["n_words"]}
        assert len([*root.iter(f"{TEI}u")]) == row["n_turns"]
        sums[row["lang"]].update(extent(root))
        body = root.find(f"{TEI}text/{TEI}body")
        assert body is not None
        counted = Counter(each.tag.removeprefix(TEI) for each in body.iter())
        told = {
            each.attrib["gi"]: int(each.attrib["occurs"]) for each in root.iter(f"{TEI}tagUsage")
        }
        assert told == counted
    assert {language: extent(root) for language, root in roots.items()} == sums


def test_what_a_conversation_looks_like(components: dict[Path, ET.Element]) -> None:
    root = next(one for path, one in components.items() if path.stem.endswith("en_2003-05-08-70"))
    divisions = [
        (each.get("type"), [child.tag.removeprefix(TEI) for child in each])
        for each in root.iter(f"{TEI}div")
    ]
    assert divisions == [
        ("commentSection", ["head", "note"]),
        (
            "debateSection",
            ["head", "note", "note", "u", "note", "note", "note", "note", "u", "note", "u"],
        ),
        ("commentSection", ["note"]),
    ]
    first, question, remark = root.iter(f"{TEI}u")
    assert first.attrib == {ID: "en.70.t0", "who": "#label.rudolf-elphberg", "ana": "#regular"}
    assert [child.tag.removeprefix(TEI) for child in first] == ["seg", "gap", "seg"]
    assert [child.tag.removeprefix(TEI) for child in first[0]] == ["vocal", "gap"]
    assert [child.attrib for child in first[2]] == [{"type": "applause"}]
    assert (question.get("ana"), remark.get("ana")) == ("#guest", "#crowd")
    assert question.get("who") is None
    assert [child.tag.removeprefix(TEI) for child in remark[0]] == ["vocal"]
    notes = [(each.get("type"), each.text) for each in root.iter(f"{TEI}note")]
    assert ("delivery", "(retranslated)") in notes
    assert ("separator", "* * *") in notes
    assert ("heading", "The end") in notes


def test_an_empty_page_is_a_head(components: dict[Path, ET.Element]) -> None:
    (root,) = (one for path, one in components.items() if path.stem.endswith("-71"))
    (division,) = root.iter(f"{TEI}div")
    assert [(each.tag, each.get("type")) for each in division] == [(f"{TEI}note", "title")]


def test_persons_have_names_and_offices(roots: dict[str, ET.Element]) -> None:
    persons = {each.get(ID): each for each in roots["en"].iter(f"{TEI}person")}
    rudolf = persons["label.rudolf-elphberg"]
    assert [(each.tag, each.text) for each in rudolf[0]] == [(f"{TEI}term", "Rudolf Elphberg")]
    tagged = persons["persons.336"]
    assert [(each.tag, each.text) for each in tagged[0]] == [
        (f"{TEI}surname", "Tokayev"),
        (f"{TEI}forename", "Kassym-Jomart"),
    ]
    (office,) = rudolf.iterfind(f"{TEI}occupation")
    assert (office.text, office.get("from"), office.get("to")) == (
        "President of Ruritania",
        "2003-05-08",
        "2003-05-08",
    )
    assert all(len(each) for each in persons.values())


def test_a_header_leads_to_the_bytes(components: dict[Path, ET.Element]) -> None:
    for root in components.values():
        (target,) = (
            each.attrib["target"]
            for each in root.iterfind(f"{TEI}teiHeader/{TEI}encodingDesc//{TEI}ref")
            if each.attrib["target"].startswith("urn:uuid:")
        )
        assert target


def test_the_same_bytes_again_and_less_if_asked(archive: Archive, corpus: Path) -> None:
    again = archive.export("tei", "again")
    assert {path.relative_to(corpus): path.read_bytes() for path in corpus.rglob("*.xml")} == {
        path.relative_to(again): path.read_bytes() for path in again.rglob("*.xml")
    }
    russian = archive.export("tei", "russian", "--languages", "ru", "--since", "2020-01-01")
    (component,) = russian.glob("*/*/*.xml")
    assert component.stem == "KremlinArchive-ru_2021-08-21-66419"
    assert "corresp" not in read(component).attrib


def test_nothing_points_to_an_edition_that_was_taken_down(tmp_path: Path) -> None:
    root, site = tmp_path / "archive", Site()
    root.mkdir()
    (root / "removals.toml").write_text(REMOVAL.replace("en:72", "ru:66419"), "utf-8")
    pair = [site.event(Event()), site.event(Event(language="ru", tags=""))]
    publish(root, [site.part(root, pair)])
    (component,) = Archive(root).export("tei", "corpus").glob("*/*/*.xml")
    assert component.stem == "KremlinArchive-en_2021-08-21-66419"
    assert "corresp" not in read(component).attrib


@pytest.mark.parametrize(
    ("key", "name"),
    [("ru:1#t2", "ru.1.t2"), ("label/дядя-ваня", "label.дядя-ваня"), ("label/a b", "label.a_20_b")],
)
def test_keys_become_names(key: str, name: str) -> None:
    assert xml_id(key) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nothing.",
        "(Applause.)",
        "Yes <…> (laughter, applause) no",
        "(Смех.) <…><…>",
        "(see applause)",
    ],
)
def test_marks_lose_nothing(text: str) -> None:
    assert "".join(element("seg", *marked(text)).itertext()) == text


def test_speech_about_applause_is_speech() -> None:
    assert [*marked("(there was applause) and (laughter")] == ["(there was applause) and (laughter"]


def test_what_xml_cannot_hold_is_left_out() -> None:
    made = element("seg", "a\x0bb", n="\ufffe1")
    assert (made.text, made.get("n")) == ("ab", "1")
    assert (line(" a \n b "), line(None)) == ("a b", "—")
