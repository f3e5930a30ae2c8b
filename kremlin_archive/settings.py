"""Settings of the crawler. Defaults are for the real site: polite, and obeying its robots.txt.

Every one can be overridden with ``-s NAME=VALUE``.
"""

from os import environ

from kremlin_archive import __version__

BOT_NAME = "kremlin_archive"
SPIDER_MODULES = ["kremlin_archive.spiders"]
NEWSPIDER_MODULE = "kremlin_archive.spiders"
COMMANDS_MODULE = "kremlin_archive.commands"
ADDONS = {"kremlin_archive.addon.ArchiveAddon": 100}

# ---- the archive -------------------------------------------------------------------------------------

# Folder that holds warc/, snapshots/, runs/ and the caches; relative to where the command runs.
ARCHIVE_ROOT = "output"
# HOST:PORT that gets every connection for the site's hosts (as curl's --connect-to); for replicas.
CONNECT_TO = ""
# A WARC file is closed and a new one begun once it has this many bytes: 1 GB is the usual size.
WARC_MAX_BYTES = 1_000_000_000
# Who runs this archive, as each WARC file's first record says: a name and an address.
WARC_OPERATOR = ""
# Addresses of a host refused in a row (403, 429 and other 4xx, challenge pages, connections closed) after
# which the run leaves the host alone: it means it. So do twice as many among the last four times as many
# addresses. 0: never.
REFUSALS_MAX = 5
# The same for addresses that failed (time-outs, no connection, 500 and above, led off the site): it is down.
# 0: never.
FAILURES_MAX = 5
# Seconds a Retry-After may ask for and be waited; a longer one and the run leaves the host alone, and so do
# the runs that follow until its time has come (a day at most).
RETRY_AFTER_MAX = 900
# Seconds by which this machine's clock and the site's may differ, or by which it may be set during a run;
# more ends the run, because captures are put in order by their times. 0: any number.
CLOCKS_APART_MAX = 3600
# Seconds that a host is left alone after a refusal or failure without a Retry-After; twice as long after each
# that follows in a row, up to eight times. 0: no longer than between any two requests.
BACKOFF_BASE = 30
# Requests that a run sends at most, robots.txt and repetitions included; the rest stays due. 0: any number.
REQUESTS_MAX = 0

# Documents that an unbounded update looks at again by its schedule, at most, in one run.
RECHECK_BUDGET = 20
# Pages of listings below the first that such an update reads again by its schedule, at most.
LISTING_BUDGET = 2
# Missing other editions that such an update asks for by number, at most: 120 a day when run hourly.
PAIR_BUDGET = 5
# Pages that the site named and did not give that such an update asks for again, at most.
RETRY_BUDGET = 20
# Pictures of archived pages, not here, that such an update with media=photos asks for, at most.
PHOTO_BUDGET = 20
# Requests that fill gaps in one run of mode=fill, at most: about 40 minutes at 2.5 s each.
FILL_BUDGET = 1000

# When a run publishes a snapshot of the tables: changed (if there is something new to show, and once a
# day), always, or never (kremlin-archive extract does it).
PUBLISH = "changed"
# Whether a run that published deletes the snapshots that need not be kept (kremlin-archive prune --help).
PRUNE_SNAPSHOTS = True

# ---- telling -----------------------------------------------------------------------------------------

# File NAME.prom for Prometheus: how the last run went, for node_exporter's textfile collector; empty: none.
METRICS_FILE = ""
# Whether the run's report is printed as one line of JSON after the summary, for log collectors.
LOG_JSON_LINE = False
# Address that is told how each run ended (POST to URL, or URL/EXIT-CODE), healthchecks style; empty: none.
# From the environment, because it is a secret of a kind, and every user of a machine sees its command lines.
HEARTBEAT_URL = environ.get("KREMLIN_HEARTBEAT_URL", "")

# ---- manners -----------------------------------------------------------------------------------------

USER_AGENT = f"kremlin-archive/{__version__} (+https://github.com/kremlin-archive/kremlin-archive)"
ROBOTSTXT_OBEY = True
# Seconds for which a run goes by a robots.txt before it reads it anew: at most a day (RFC 9309, 2.4).
ROBOTSTXT_MAX_AGE = 86_400
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 2.5
DOWNLOAD_DELAY_JITTER = 0.2  # 2.0 to 3.0 s: never less than 2 s apart
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 2.5
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
DOWNLOAD_TIMEOUT = 60
# 429 is a refusal, not a hiccup: it is counted and obeyed, not tried again at once.
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524, 408]
RETRY_TIMES = 2

# ---- what Scrapy would do otherwise ------------------------------------------------------------------

# The archive holds what the site sends to anybody: no cookies, no credentials, no proxy's view.
COOKIES_ENABLED = False
HTTPPROXY_ENABLED = False
# Only codings that every reader of the archive can undo.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate",
}
# The largest saved page has 355 KB; a body beyond this is kept as far as it goes and marked as cut.
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024
DOWNLOAD_WARNSIZE = 8 * 1024 * 1024
HTTPCACHE_ENABLED = False
# Two endpoints that could run code in an unattended crawler.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# Scrapy 2.19 starts CONCURRENT_ITEMS + 1 tasks for each response; pages yield one or two items.
CONCURRENT_ITEMS = 2
LOG_LEVEL = "INFO"
STATS_DUMP = False  # runs/ID.json tells more
LOGSTATS_INTERVAL = (
    0  # the run tells how far it is: a live line on a terminal, else one line a minute
)
