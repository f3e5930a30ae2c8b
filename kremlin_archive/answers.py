"""What the status of an answer says: one reading for the crawl, the ledger and the tables. Pure."""

from __future__ import annotations

OK = 200
ABSENT = frozenset({404, 410})
"""There is no such page."""
_GAVE_UP = 408  # the server waited for a request in vain: a failure, worth a repetition
REFUSED = frozenset(range(400, 500)) - ABSENT - {_GAVE_UP}
"""The site says no. 403 and 429 are usual, but who throttles sends any: 401, 406, 418, 451."""
