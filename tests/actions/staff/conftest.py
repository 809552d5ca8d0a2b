"""The empty database to copy is the portal's."""

from tests.actions.portal.conftest import sqlite_template

__all__ = ["sqlite_template"]
