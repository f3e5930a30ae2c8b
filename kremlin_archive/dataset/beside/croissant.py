"""``croissant.json``: files and columns of a snapshot for machines, in Croissant 1.1.

Each table file is a FileObject with its SHA-256, each table a FileSet of its files and a RecordSet
whose fields are the columns; a column of structs has sub-fields. Addresses are relative to the file.
The version is the schema's, with the snapshot as its build: semantic versions are asked for.
Source of the form: http://mlcommons.org/croissant/1.1 and the library ``mlcroissant``, which reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from kremlin_archive.dataset.beside.citation import cited_as
from kremlin_archive.dataset.beside.facts import (
    AUTHORS,
    KEYWORDS,
    PROJECT_URL,
    SUMMARY,
    Facts,
)
from kremlin_archive.dataset.beside.licence import LICENCE_URL, PUBLISHER
from kremlin_archive.dataset.build import TABLES
from kremlin_archive.dataset.columns import BOOL, DATE, INSTANT, SCHEMA_VERSION, Column, Table
from kremlin_archive.dataset.shards import DATASET, SOURCE

CONTEXT: MappingProxyType[str, Any] = MappingProxyType(
    {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "arrayShape": "cr:arrayShape",
        "citeAs": "cr:citeAs",
        "column": "cr:column",
        "conformsTo": "dct:conformsTo",
        "containedIn": "cr:containedIn",
        "cr": "http://mlcommons.org/croissant/",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "dct": "http://purl.org/dc/terms/",
        "equivalentProperty": "cr:equivalentProperty",
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "extract": "cr:extract",
        "field": "cr:field",
        "fileObject": "cr:fileObject",
        "fileProperty": "cr:fileProperty",
        "fileSet": "cr:fileSet",
        "format": "cr:format",
        "includes": "cr:includes",
        "isArray": "cr:isArray",
        "isLiveDataset": "cr:isLiveDataset",
        "jsonPath": "cr:jsonPath",
        "key": "cr:key",
        "md5": "cr:md5",
        "parentField": "cr:parentField",
        "path": "cr:path",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "recordSet": "cr:recordSet",
        "references": "cr:references",
        "regex": "cr:regex",
        "repeated": "cr:repeated",
        "replace": "cr:replace",
        "samplingRate": "cr:samplingRate",
        "sc": "https://schema.org/",
        "separator": "cr:separator",
        "source": "cr:source",
        "subField": "cr:subField",
        "transform": "cr:transform",
    }
)
_PARQUET = "application/x-parquet"


def croissant(facts: Facts) -> dict[str, Any]:
    """Give the description as a JSON-LD object."""
    return {
        "@context": dict(CONTEXT),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": DATASET,
        "description": SUMMARY,
        "version": f"{SCHEMA_VERSION}+{facts.snapshot}",
        "datePublished": f"{facts.newest:%Y-%m-%d}",
        "license": LICENCE_URL,
        "url": PROJECT_URL,
        "citeAs": cited_as(facts),
        "creator": {"@type": "sc:Organization", "name": AUTHORS, "url": PROJECT_URL},
        "publisher": {"@type": "sc:Organization", "name": PUBLISHER, "url": SOURCE},
        "keywords": list(KEYWORDS),
        "inLanguage": list(facts.languages),
        "isLiveDataset": False,
        "distribution": [*map(_file_set, TABLES), *map(_file_object, facts.files)],
        "recordSet": [_record_set(table) for table in TABLES],
    }


def _file_set(table: Table) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"{table.name}-files",
        "name": f"{table.name}-files",
        "description": f"Files of {table.name}: {table.shard}.",
        "encodingFormat": _PARQUET,
        "includes": f"{table.name}/*.parquet",
    }


def _file_object(file: Any) -> dict[str, Any]:  # noqa: ANN401 - the manifest's words on a file
    return {
        "@type": "cr:FileObject",
        "@id": file["path"],
        "name": file["path"].rpartition("/")[2],
        "contentUrl": file["path"],
        "contentSize": f"{file['bytes']} B",
        "encodingFormat": _PARQUET,
        "sha256": file["sha256"],
    }


def _record_set(table: Table) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description,
        **({"key": [{"@id": f"{table.name}/{name}"} for name in table.key]} if table.key else {}),
        "field": [_field(column, table) for column in table.columns],
    }


def _field(column: Column, table: Table) -> dict[str, Any]:
    place = f"{table.name}/{column.name}"
    field = {
        "@type": "cr:Field",
        "@id": place,
        "name": place,
        "description": column.description,
    }
    if not isinstance(column.type, pa.ListType):
        return {**field, "dataType": _data_type(column.type), "source": _source(column, table)}
    element = column.type.value_type
    if isinstance(element, pa.StructType):
        return {**field, "repeated": True, "subField": list(_sub_fields(column, element, table))}
    source = _source(column, table)
    return {**field, "repeated": True, "dataType": _data_type(element), "source": source}


def _sub_fields(column: Column, struct: pa.StructType, table: Table) -> Iterator[dict[str, Any]]:
    for member in struct:
        place = f"{table.name}/{column.name}/{member.name}"
        yield {
            "@type": "cr:Field",
            "@id": place,
            "name": place,
            "dataType": _data_type(member.type),
            "source": {**_source(column, table), "transform": {"jsonPath": member.name}},
        }


def _source(column: Column, table: Table) -> dict[str, Any]:
    return {"fileSet": {"@id": f"{table.name}-files"}, "extract": {"column": column.name}}


def _data_type(kind: pa.DataType) -> str:
    if kind == BOOL:
        return "sc:Boolean"
    if kind == DATE:
        return "sc:Date"
    if kind == INSTANT:
        return "sc:DateTime"
    if pa.types.is_integer(kind):
        return "sc:Integer"
    return "sc:Float" if pa.types.is_floating(kind) else "sc:Text"
