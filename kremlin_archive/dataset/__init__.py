"""Rows: what the captures of an archive say, as typed tables in immutable snapshots."""
