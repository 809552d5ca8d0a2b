"""Importing clinics and patients: two CSV files, all or nothing, as often as one likes."""

from actions.portal.importing.files import ImportReport, import_files
from actions.portal.importing.table import Problem

__all__ = ["ImportReport", "Problem", "import_files"]
