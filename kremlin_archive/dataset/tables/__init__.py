"""The published tables: one file each, with its columns and the function that makes its rows."""
