"""The clock that a review should take by law or goal: the forecast that a review-time model has to beat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from onepill.core.errors import InputError

STEP_AGENCY: dict[str, str] = {
    "fda.approval": "FDA",
    "fda.first_letter": "FDA",
    "fda.resubmission": "FDA",
    "ema.opinion": "EMA",
    "ema.extension": "EMA",
    "ema.decision": "EMA",
    "hc.decision": "HC",
    "pmda.decision": "PMDA",
    "nmpa.decision": "NMPA",
}
"""Each step that has cases, by the agency as the table of cases names it."""

STEP_NAMES: dict[str, dict[str, str]] = {
    "fda.approval": {"en": "FDA: first receipt to final approval", "zh": "FDA：首次接收至最终批准"},
    "fda.first_letter": {"en": "FDA: receipt to the first action letter", "zh": "FDA：接收至首次审评结论函"},
    "fda.resubmission": {"en": "FDA: resubmission to its action letter", "zh": "FDA：重新提交至审评结论函"},
    "ema.opinion": {"en": "EMA: start to opinion, clock stops included", "zh": "EMA：启动至意见（含停钟）"},
    "ema.extension": {"en": "EMA: new indication, start to opinion", "zh": "EMA：新增适应症，启动至意见"},
    "ema.decision": {"en": "European Commission: opinion to decision", "zh": "欧盟委员会：意见至决定"},
    "hc.decision": {"en": "Health Canada: submission to decision", "zh": "加拿大卫生部：提交至决定"},
    "pmda.decision": {"en": "PMDA and MHLW: application to approval", "zh": "PMDA与厚生劳动省：申请至批准"},
    "nmpa.decision": {"en": "NMPA: acceptance to approval", "zh": "国家药监局：受理至批准"},
}

MAIN_STEP: dict[str, str] = {
    "FDA": "fda.approval",
    "EMA": "ema.opinion",
    "HC": "hc.decision",
    "PMDA": "pmda.decision",
    "NMPA": "nmpa.decision",
}
"""The step from submission to decision, by agency."""

REVIEW_CLASSES = ("standard", "priority", "accelerated", "conditional", "other")
"""`other`: the class is not shown, or the step has none."""


@dataclass(frozen=True)
class ReviewClock:
    """A sourced clock of a step; the first row that fits the step, the class and the day is used.

    Attributes:
        review_class: the class that it holds for; empty for every class that no earlier row names.
        first: the first day of submission; None where no source states one.
        offset_days: calendar days before the count begins, such as FDA's 60 days to the filing date.
        count, unit: `months`, `days` (calendar) or `wd` (China's working days).
        rules: ids of the rulebook that say the same, in the order offset, count; empty where `source` stands alone.
        source: address of the page, where the rulebook has no such version.
    """

    step: str
    review_class: str
    first: date | None
    offset_days: int
    count: int
    unit: str
    rules: tuple[str, ...] = ()
    source: str = ""

    def days_from(self, submitted: date) -> int:
        """Calendar days from submission to the day on which the clock ends."""
        start = submitted + timedelta(days=self.offset_days)
        return self._end(start) - submitted.toordinal()

    def _end(self, start: date) -> int:
        if self.unit == "days":
            return start.toordinal() + self.count
        # Imported here so that reading cases costs no calendar.
        from onepill.calendars import due

        if self.unit == "wd":
            return due("CN", start, self.count, "wd").due.toordinal()
        return due("US", start, self.count, "months").due.toordinal()


_PDUFA_1 = (
    "https://webarchive.library.unt.edu/eot2008/20081024181830/http://www.fda.gov/ope/pdufa/report96/96appnda.htm"
)
_PDUFA_2 = (
    "https://webarchive.library.unt.edu/eot2008/20080924232308/http:/www.fda.gov/ope/pdufa/report2000/orignpas.htm"
)
_FILING, _FROM_FILING = "us.fda.nda.filing_review", "us.fda.nda.review_from_filing"
_FROM_RECEIPT, _STATUTE = "us.fda.nda.review_from_receipt", "us.fda.nda.initial_review_cycle"
_RESUBMISSION = "us.fda.resubmission.review"
_EMA, _EXTENSION, _EC = "eu.ema.centralised.assessment", "eu.ema.variation.type_ii", "eu.ec.decision"
_HC, _HC_FILING, _HC_SCREENING = "ca.hc.nds.review", "ca.hc.processing", "ca.hc.screening"
_PMDA, _NMPA = "jp.pmda.nda.total", "cn.nmpa.marketing_authorisation.review"
_PROGRAM, _FY2002 = date(2012, 10, 1), date(2001, 10, 1)
_FY1998, _USER_FEES = date(1997, 10, 1), date(1992, 10, 1)


def _new_molecules(step: str) -> tuple[ReviewClock, ...]:
    """FDA's goals for new molecular entities and biologics, newest first; before user fees the statute's 180 days."""
    return (
        ReviewClock(step, "priority", _PROGRAM, 60, 6, "months", (_FILING, _FROM_FILING)),
        ReviewClock(step, "standard", _PROGRAM, 60, 10, "months", (_FILING, _FROM_FILING)),
        ReviewClock(step, "priority", _FY1998, 0, 6, "months", source=_PDUFA_2),
        ReviewClock(step, "standard", _FY2002, 0, 10, "months", source=_PDUFA_2),
        ReviewClock(step, "standard", _USER_FEES, 0, 12, "months", source=_PDUFA_1),
        ReviewClock(step, "priority", _USER_FEES, 0, 12, "months", source=_PDUFA_1),
        ReviewClock(step, "standard", None, 0, 180, "days", (_STATUTE,)),
        ReviewClock(step, "priority", None, 0, 180, "days", (_STATUTE,)),
    )


CLOCKS: tuple[ReviewClock, ...] = (
    *_new_molecules("fda.approval"),
    ReviewClock("fda.approval", "", _PROGRAM, 60, 10, "months", (_FILING, _FROM_FILING)),
    ReviewClock("fda.approval", "", None, 0, 10, "months", (_FROM_RECEIPT,)),
    *_new_molecules("fda.first_letter"),
    ReviewClock("fda.first_letter", "", None, 0, 10, "months", (_FROM_RECEIPT,)),
    ReviewClock("fda.resubmission", "", None, 0, 6, "months", (_RESUBMISSION,)),
    ReviewClock("ema.opinion", "accelerated", None, 0, 150, "days", (_EMA,)),
    ReviewClock("ema.opinion", "", None, 0, 210, "days", (_EMA,)),
    ReviewClock("ema.extension", "", None, 0, 90, "days", (_EXTENSION,)),
    ReviewClock("ema.decision", "", None, 0, 67, "days", (_EC,)),
    ReviewClock("hc.decision", "priority", None, 35, 180, "days", (_HC_FILING, _HC_SCREENING, _HC)),
    ReviewClock("hc.decision", "conditional", None, 35, 200, "days", (_HC_FILING, _HC_SCREENING, _HC)),
    ReviewClock("hc.decision", "", None, 55, 300, "days", (_HC_FILING, _HC_SCREENING, _HC)),
    ReviewClock("pmda.decision", "priority", None, 0, 9, "months", (_PMDA,)),
    ReviewClock("pmda.decision", "", None, 0, 12, "months", (_PMDA,)),
    ReviewClock("nmpa.decision", "priority", None, 0, 130, "wd", (_NMPA,)),
    ReviewClock("nmpa.decision", "", None, 0, 200, "wd", (_NMPA,)),
)


def review_clock(step: str, review_class: str, submitted: date) -> ReviewClock:
    """The clock of a step for a review submitted on a day.

    A clock whose start no source states is used for every earlier day too (`first` is None).

    Raises:
        InputError: `review.step_unknown`, a step without a clock.
    """
    for clock in CLOCKS:
        if clock.step != step or clock.review_class not in ("", review_class):
            continue
        if clock.first is None or clock.first <= submitted:
            return clock
    hint = f"choose {', '.join(STEP_AGENCY)}"
    raise InputError.single("review.step_unknown", f"no review step {step!r}", hint=hint, value=step)
