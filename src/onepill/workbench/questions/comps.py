"""What `deal comps` is asked: filters on a table of announced deals, and a programme to find neighbours of."""

from __future__ import annotations

from pydantic import Field

from onepill.workbench.questions.programme import Codes, Day, Question, TableText


class CompsAsk(Question):
    """Comparable deals; a filter that is left out asks for all, one may be given more than once."""

    text: str = Field(default="", description="text of a programme file, whose nearest deals are told")
    file: str = ""
    stages: Codes = Field(default=[], description="stage at signing, such as phase_2")
    modalities: Codes = Field(default=[], description="such as small_molecule, antibody_drug_conjugate")
    areas: Codes = Field(default=[], description="such as oncology, autoimmune")
    structures: Codes = Field(default=[], description="licence, option, newco, co_development, acquisition …")
    territories: Codes = Field(default=[], description="worldwide, outside_china, region, china, undisclosed")
    since: Day | None = Field(default=None, description="announced on or after this day, YYYY-MM-DD")
    until: Day | None = Field(default=None, description="announced on or before this day, YYYY-MM-DD")
    as_of: Day | None = Field(
        default=None,
        description="hide what was announced or ended later; left out: the programme's day, else the table's newest",
    )
    licensor: str = Field(default="", description="part of the licensor's name")
    licensee: str = Field(default="", description="part of the licensee's name")
    with_biosimilars: bool = Field(default=False, description="count biosimilars")
    verified_only: bool = Field(default=False, description="count rows alone whose terms were read again")
    nearest: int = Field(default=5, ge=0, le=100, description="at most so many neighbours of the programme")
    limit: int | None = Field(
        default=None, ge=1, le=100_000, description="at most so many deals in full, the newest; 20 if left out"
    )
    draws: int = Field(default=2_000, ge=100, le=1_000_000, description="resamples for the limits of the medians")
    seed: int = Field(default=1, ge=0, description="of the resampling that gives limits")
    own_table: TableText | None = Field(
        default=None, description="a table of your own in place of the packaged one, CSV"
    )
