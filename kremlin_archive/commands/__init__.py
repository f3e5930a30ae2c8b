"""Scrapy commands of this project; each overrides or adds one."""
