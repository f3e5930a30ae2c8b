"""A TEI corpus by the conventions of ParlaMint, a collection of parliaments' debates in one encoding.

::

    OUT/KremlinArchive-ru/KremlinArchive-ru.xml                          the root: persons, taxonomies
    OUT/KremlinArchive-ru/2021/KremlinArchive-ru_2021-08-21-66419.xml    a component: a document

Components and roots are valid by ParlaMint's RelaxNG schemas and by TEI P5. Where the two leave a choice,
or ParlaMint has no place for a fact, ``docs/export.md`` says what stands where. ``convention`` names what
more than one file here must agree on, ``body`` makes the text, ``component`` a document's file, ``corpus``
the root, ``persons`` and ``taxonomies`` what it describes.
"""

from kremlin_archive.exporting.tei.corpus import export_tei

__all__ = ["export_tei"]
