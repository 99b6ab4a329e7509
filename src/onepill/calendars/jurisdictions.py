"""The jurisdictions that have a calendar: what counts as a day off there, who publishes it, and through which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from onepill.core.errors import InputError
from onepill.core.provenance import Source

FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2080, 12, 31)


@dataclass(frozen=True)
class Jurisdiction:
    """A calendar's identity.

    `published_from` and `published_through` bound the days for which a published list or law was checked; days outside
    are projected by the statutory rule. `limits` says what the calendar does not know.
    """

    code: str
    title: str
    published_from: date
    published_through: date
    sources: tuple[Source, ...]
    limits: str

    def is_published(self, day: date) -> bool:
        return self.published_from <= day <= self.published_through


_RETRIEVED = "2026-11-21"

_CN = Jurisdiction(
    code="CN",
    title="China: days off and make-up working days of the State Council's yearly notice",
    # The library's notices begin with the year 2001; 2000 holds the statutory days alone.
    published_from=date(2001, 1, 1),
    # The notice for 2026 is of 2025-11-04; none for 2027 was found. A notice comes in the last quarter before its year.
    published_through=date(2026, 12, 31),
    sources=(
        Source(
            title="Regulation on Public Holidays for National Annual Festivals and Memorial Days, revised 2024-11-10 "
            "(State Council Order 795)",
            url="https://www.gov.cn/gongbao/2024/issue_11726/202411/content_6989774.html",
            date="2024-11-10",
        ),
        Source(
            title="General Office of the State Council, notice on the arrangement of some holidays in 2026",
            url="https://politics.gmw.cn/2025-11/04/content_38391083.htm",
            date="2025-11-04",
            retrieved=_RETRIEVED,
        ),
        Source(title="holidays 0.109 (yearly notices 2001 to 2026)", url="https://github.com/vacanza/holidays"),
    ),
    limits="Projected years hold the statutory days and their compensation on the next working day, without the "
    "exchanged weekends that each year's notice adds around them.",
)

_US = Jurisdiction(
    code="US",
    title="United States: legal public holidays of federal employees",
    published_from=FIRST_DAY,
    # The law fixes the days of every year, until it is changed; 2026 is the last year whose official list was checked.
    published_through=date(2026, 12, 31),
    sources=(
        Source(title="5 U.S.C. 6103(a) and (b), legal public holidays"),
        Source(
            title="Office of Personnel Management, Federal Holidays",
            url="https://www.opm.gov/policy-data-oversight/pay-leave/federal-holidays/",
        ),
        Source(title="holidays 0.109", url="https://github.com/vacanza/holidays"),
    ),
    limits="Closures by executive order (as on 2024-12-24 and 2025-01-09) and Inauguration Day are not days off here: "
    "the first are ordered days ahead and leave agencies free to stay open, the second holds around Washington alone.",
)

_EU = Jurisdiction(
    code="EU",
    title="European Union: public holidays of the institutions in Brussels",
    # Lists read in the Official Journal: 2014, 2023 and 2024. The years between follow the same rule; later ones exist,
    # but were not found, so they count as projected.
    published_from=date(2014, 1, 1),
    published_through=date(2024, 12, 31),
    sources=(
        Source(
            title="Regulation (EEC, Euratom) No 1182/71, art. 2: working days are all days but public holidays of the "
            "institution, Saturdays and Sundays",
            url="https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:31971R1182",
            date="1971-06-03",
        ),
        Source(title="Commission Decision on public holidays in 2014, OJ 2013/C 39/03", date="2012-12-21"),
        Source(
            title="Commission Decision on public holidays in 2023, OJ 2021/C 201 I/02",
            url="https://eur-lex.europa.eu/legal-content/EN/TXT/HTML/?uri=CELEX:32021D0528(01)",
            date="2021-05-25",
            retrieved=_RETRIEVED,
        ),
        Source(
            title="Commission Decision on public holidays in 2024, OJ 2022/C 440/05",
            url="https://eur-lex.europa.eu/legal-content/it/TXT/HTML/?uri=CELEX%3A32022D1121%2801%29",
            date="2022-11-17",
            retrieved=_RETRIEVED,
        ),
    ),
    limits="The European Medicines Agency in Amsterdam decides its own closing days, which may differ (it need not "
    "close on 21 July); its lists were not found.",
)

_JP = Jurisdiction(
    code="JP",
    title="Japan: holidays of administrative organs (national holidays, and 29 December to 3 January)",
    published_from=FIRST_DAY,
    # The equinox days of a year are fixed in the official gazette of the February before; 2027's of 2026-02-02.
    published_through=date(2027, 12, 31),
    sources=(
        Source(
            title="Act on Holidays of Administrative Organs (Act 91 of 1988), art. 1",
            url="https://www.shugiin.go.jp/internet/itdb_housei.nsf/html/houritsu/11319881213091.htm",
            date="1988-12-13",
            retrieved=_RETRIEVED,
        ),
        Source(
            title="National Astronomical Observatory of Japan, calendar for 2027",
            url="https://news.livedoor.com/topics/detail/30507568/",
            date="2026-02-02",
            retrieved=_RETRIEVED,
        ),
        Source(title="holidays 0.109", url="https://github.com/vacanza/holidays"),
    ),
    limits="Equinox days of projected years are astronomical forecasts, and one-off holidays come by an act of "
    "parliament. The review agency PMDA is taken to keep the ministry's days (assumption).",
)

JURISDICTIONS: dict[str, Jurisdiction] = {each.code: each for each in (_CN, _EU, _JP, _US)}


def find_jurisdiction(code: str) -> Jurisdiction:
    """The jurisdiction of a code such as `CN`.

    Raises:
        InputError: `calendar.unknown`.
    """
    if code not in JURISDICTIONS:
        hint = f"known: {', '.join(sorted(JURISDICTIONS))}"
        raise InputError.single("calendar.unknown", f"there is no calendar for {code!r}", hint=hint, value=code)
    return JURISDICTIONS[code]
