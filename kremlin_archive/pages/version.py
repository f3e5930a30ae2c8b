"""The parser's version (semver).

Any change of what a page yields raises it: so a new reading is told from an edit of the page.
"""

PARSER_VERSION = "0.1.1"
