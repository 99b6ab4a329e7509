"""What is one pill's programme: its nouns, its file, and what is wrong with the file?"""

from onepill.model.load import Loaded, change_programme, load_programme, programme_json_schema
from onepill.model.schema import Capital, Filing, Market, Programme, Stage
from onepill.model.types import JURISDICTIONS
from onepill.model.values import Value

__all__ = [
    "JURISDICTIONS",
    "Capital",
    "Filing",
    "Loaded",
    "Market",
    "Programme",
    "Stage",
    "Value",
    "change_programme",
    "load_programme",
    "programme_json_schema",
]
