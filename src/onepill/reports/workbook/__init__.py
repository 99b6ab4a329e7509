"""The deterministic model as a spreadsheet with live formulas: how does the number come about, cell by cell?"""

from onepill.reports.workbook.build import build_workbook
from onepill.reports.workbook.model import InputRow, WorkbookModel

__all__ = ["InputRow", "WorkbookModel", "build_workbook"]
