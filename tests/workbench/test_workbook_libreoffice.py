"""Workbooks in LibreOffice, where it is installed: computed anew there, saved by it, and brought back."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from onepill.workbench.questions.workbook import ImportWorkbookAsk
from onepill.workbench.sheets.answers import import_workbook
from tests.workbench.sheets import EVERYTHING, Recomputed, example_text, valued, workbook

SOFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        SOFFICE is None, reason="LibreOffice (soffice) is not installed: apt-get install libreoffice-calc"
    ),
]
_CACHED = re.compile(rb"(<f>[^<]*</f>)<v>[^<]*</v>")


def converted(content: bytes, folder: Path) -> bytes:
    """The workbook as LibreOffice saves it; without any value that was written, so that it computes each."""
    stripped, target = folder / "book.xlsx", folder / "saved"
    with zipfile.ZipFile(BytesIO(content)) as packed, zipfile.ZipFile(stripped, "w", zipfile.ZIP_DEFLATED) as out:
        for name in packed.namelist():
            is_sheet = name.startswith("xl/worksheets/sheet")
            out.writestr(name, _CACHED.sub(rb"\1", packed.read(name)) if is_sheet else packed.read(name))
    with zipfile.ZipFile(stripped) as packed:
        assert not any(b"</f><v>" in packed.read(name) for name in packed.namelist())
    command = [str(SOFFICE), "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile"]
    command += ["--convert-to", "xlsx", "--outdir", str(target), str(stripped)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return (target / "book.xlsx").read_bytes()


@pytest.mark.parametrize("text", [example_text("tunlametinib"), EVERYTHING], ids=["tunlametinib", "everything"])
def test_what_libreoffice_computes_and_saves_comes_back(text: str, tmp_path: Path) -> None:
    changes = {"capital.discount_rate_per_year": 0.085, "capital.exchange_rates.CNY.per_usd": 6.9}
    book = Recomputed(workbook(text, "zh"), tmp_path).change(changes)
    content = converted(book.saved(), tmp_path)
    asked = {"text": text, "file": "f.yaml", "workbook": {"content": content, "file": "book.xlsx"}}
    answer = import_workbook(ImportWorkbookAsk.model_validate(asked))
    assert {row["path"]: row["after"] for row in answer["changes"]} == changes
    assert answer["rnpv_in_workbook_usd"] is not None
    assert abs(answer["rnpv_in_workbook_usd"] - answer["rnpv_after_usd"]) <= 1
    assert abs(answer["rnpv_after_usd"] - valued(text).value.rnpv_usd) > 1_000
