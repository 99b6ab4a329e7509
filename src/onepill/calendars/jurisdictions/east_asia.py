"""Calendars of China, Hong Kong, Japan, Korea and Macao."""

from __future__ import annotations

from datetime import date

from onepill.calendars.jurisdictions.identity import FIRST_DAY, LIBRARY, RETRIEVED, Jurisdiction, library
from onepill.core.provenance import Source

CN = Jurisdiction(
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
            retrieved=RETRIEVED,
        ),
        library("yearly notices 2001 to 2026"),
    ),
    limits="Projected years hold the statutory days and their compensation on the next working day, without the "
    "exchanged weekends that each year's notice adds around them.",
)

HK = Jurisdiction(
    code="HK",
    title="Hong Kong: general holidays, on which government offices close, and Saturdays (five-day week)",
    # The five-day week of government offices was complete on 2007-07-01, and the list of general holidays that the
    # library names as its check begins with 2007.
    published_from=date(2007, 7, 1),
    # The ordinance fixes the days by rule, but the last list that was compared is that of 2025.
    published_through=date(2025, 12, 31),
    sources=(
        Source(title="General Holidays Ordinance (Cap. 149)"),
        Source(
            title="DDHK News: general holidays for 2015, as gazetted (copy)",
            url="https://ddhk.org/hari-libur-nasional-hong-kong-2015/",
            retrieved=RETRIEVED,
        ),
        Source(
            title="hksc.edu.hk: a school's holidays of 2025",
            url="https://hksc.edu.hk/en/校曆表",
            retrieved=RETRIEVED,
        ),
        library("general holidays 2007 to 2025 of gov.hk"),
    ),
    limits="A general holiday on a Saturday is not moved, one on a Sunday is. Closures for typhoons and rainstorms "
    "are working days here. That offices of the Department of Health keep the five-day week is an assumption.",
)

JP = Jurisdiction(
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
            retrieved=RETRIEVED,
        ),
        Source(
            title="National Astronomical Observatory of Japan, calendar for 2027",
            url="https://news.livedoor.com/topics/detail/30507568/",
            date="2026-02-02",
            retrieved=RETRIEVED,
        ),
        LIBRARY,
    ),
    limits="Equinox days of projected years are astronomical forecasts, and one-off holidays come by an act of "
    "parliament. The review agency PMDA is taken to keep the ministry's days (assumption).",
)

KR = Jurisdiction(
    code="KR",
    title="Korea: holidays of public offices, with substitute and temporary holidays and election days",
    # Public offices work five days since July 2005.
    published_from=date(2006, 1, 1),
    # The library holds the holidays as the law was amended in February 2026, and the election day of 2026.
    published_through=date(2026, 12, 31),
    sources=(
        Source(title="Act on Public Holidays, and the Regulation on Holidays of Public Offices"),
        Source(
            title="time.so: alternative holidays for Chuseok (2025-10-08)",
            url="https://time.so/holidays/south-korea/alternative-holiday-for-chuseok/",
            retrieved=RETRIEVED,
        ),
        library("Public Holidays Act as amended on 2026-02-10"),
    ),
    limits="Temporary holidays are declared by the cabinet, often weeks ahead (as 2025-01-27 was): projected years "
    "have none. Lunar days of projected years are computed.",
)

MO = Jurisdiction(
    code="MO",
    title="Macao: days off of the public administration, with compensatory rest days",
    # Compensatory rest days follow a rule since 2011.
    published_from=date(2011, 1, 1),
    # The library names the yearly lists of gov.mo to 2025 as its check.
    published_through=date(2025, 12, 31),
    sources=(
        Source(title="Executive Order 60/2000, public holidays"),
        Source(
            title="University of Macau Library: public holidays of 2020, with compensatory rest days",
            url="https://library2.um.edu.mo/html/lib_info/public_holidays_e.html",
            retrieved=RETRIEVED,
        ),
        Source(
            title="Macao News: public holidays in 2025",
            url="https://macaonews.org/news/city/macao-public-holidays-in-2025-macau",
            retrieved=RETRIEVED,
        ),
        library("lists of gov.mo, 2005 to 2025"),
    ),
    limits="The free afternoons of the two New Year's Eves are working days here; further days that the Chief "
    "Executive grants are known only once granted.",
)
