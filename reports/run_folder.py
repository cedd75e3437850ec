"""Names the files in the folder of a run. Scripts of users read them, so the names are fixed."""

from __future__ import annotations

RECORD_FILE = "events.ndjson"
"""The run record, see `cartfuzz.record`."""
SUMMARY_FILE = "summary.json"
JUNIT_FILE = "junit.xml"
ARTEFACTS_FOLDER = "discrepancies"
"""Holds a folder for each discrepancy, see `cartfuzz.reports.reproduction`."""
