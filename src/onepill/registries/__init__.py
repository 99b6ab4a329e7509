"""What do the public sources hold, as of which day?"""

from onepill.registries.catalogue import SOURCES, Source
from onepill.registries.loading import Load, open_load
from onepill.registries.reasons import REASONS
from onepill.registries.roles import Role, roles_of
from onepill.registries.sink import Quarantined
from onepill.registries.tables import TABLES, Column, Table, table_schema, tables

__all__ = [
    "REASONS",
    "SOURCES",
    "TABLES",
    "Column",
    "Load",
    "Quarantined",
    "Role",
    "Source",
    "Table",
    "open_load",
    "roles_of",
    "table_schema",
    "tables",
]
