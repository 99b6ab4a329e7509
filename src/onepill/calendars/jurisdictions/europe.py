"""Calendars of the European Union, Switzerland and the United Kingdom."""

from __future__ import annotations

from datetime import date

from onepill.calendars.jurisdictions.identity import FIRST_DAY, RETRIEVED, Jurisdiction, library
from onepill.core.provenance import Source

CH = Jurisdiction(
    code="CH",
    title="Switzerland: public holidays in the city of Bern (Swissmedic)",
    published_from=FIRST_DAY,
    # The law fixes the days of every year, until it is changed; no list beyond 2026 was looked for.
    published_through=date(2026, 12, 31),
    sources=(
        Source(
            title="University of Bern: public holidays in Bern, 2022 and 2023",
            url="https://unibe.ch/university/organization/welcome_center/life_in_bern/public_holidays_in_bern/"
            "index_eng.html",
            retrieved=RETRIEVED,
        ),
        library("canton of Bern"),
    ),
    limits="The free afternoons of 24 and 31 December are working days here. That Swissmedic keeps the canton's days "
    "is an assumption.",
)

EU = Jurisdiction(
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
            retrieved=RETRIEVED,
        ),
        Source(
            title="Commission Decision on public holidays in 2024, OJ 2022/C 440/05",
            url="https://eur-lex.europa.eu/legal-content/it/TXT/HTML/?uri=CELEX%3A32022D1121%2801%29",
            date="2022-11-17",
            retrieved=RETRIEVED,
        ),
    ),
    limits="The European Medicines Agency in Amsterdam decides its own closing days, which may differ (it need not "
    "close on 21 July); its lists were not found.",
)

GB = Jurisdiction(
    code="GB",
    title="United Kingdom: bank holidays in England and Wales (the MHRA is in London)",
    published_from=FIRST_DAY,
    # The days follow the act and yearly proclamations; 2026 is the last year that was compared.
    published_through=date(2026, 12, 31),
    sources=(
        Source(title="Banking and Financial Dealings Act 1971, section 1 and schedule 1", date="1971-12-16"),
        Source(
            title="Bedford Street Surgery: bank holidays from May 2025 to January 2026",
            url="https://bedfordstreetsurgery.co.uk/news/public-holiday-closed-dates",
            retrieved=RETRIEVED,
        ),
        library("gov.uk, bank holidays"),
    ),
    limits="Scotland and Northern Ireland have other days. One-off bank holidays (as 2022-09-19) come by proclamation.",
)
