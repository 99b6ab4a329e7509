"""Calendars of Australia, Brazil, Canada, Saudi Arabia, the United Arab Emirates and the United States."""

from __future__ import annotations

from datetime import date

from onepill.calendars.jurisdictions.identity import (
    FIRST_DAY,
    FRIDAY,
    LIBRARY,
    RETRIEVED,
    SATURDAY,
    SUNDAY,
    THURSDAY,
    Jurisdiction,
    Weekend,
    library,
)
from onepill.core.provenance import Source

AE = Jurisdiction(
    code="AE",
    title="United Arab Emirates: holidays of the federal government",
    weekends=(Weekend(FIRST_DAY, (FRIDAY, SATURDAY)), Weekend(date(2022, 1, 1), (SATURDAY, SUNDAY))),
    published_from=date(2022, 1, 1),
    # The last day that the library holds as announced is the Prophet's Birthday of 2026-08-28; the days off for the
    # National Day are announced each November.
    published_through=date(2026, 8, 31),
    sources=(
        Source(
            title="Emirates 24/7: Eid al-Fitr 2024 in the federal government, 8 to 14 April",
            url="https://www.emirates247.com/uae/eid-al-fitr-holiday-in-the-uae-federal-government-2024-03-31-1.730900",
            date="2024-03-31",
            retrieved=RETRIEVED,
        ),
        Source(
            title="HiDubai Focus: Eid al-Fitr 2025 in the federal government, 1 to 3 Shawwal 1446",
            url="https://focus.hidubai.com/eid-al-fitr-holidays-announced-for-uae-federal-government-sector",
            retrieved=RETRIEVED,
        ),
        library("announcements of 2017 to 2026"),
    ),
    limits="Friday is a working day since 2022, though offices close at noon. Islamic days are announced days ahead: "
    "those of projected years are estimates, without the days that the cabinet adds or moves. The weekend before "
    "September 2006 was another. Sharjah rests from Friday to Sunday.",
)

AU = Jurisdiction(
    code="AU",
    title="Australia: public holidays in the Australian Capital Territory (the TGA is in Canberra)",
    # Reconciliation Day took the place of Family and Community Day in 2018.
    published_from=date(2018, 1, 1),
    published_through=date(2026, 12, 31),
    sources=(
        Source(
            title="Therapeutic Goods Regulations 1990, reg. 42ZCZI: a business day is not a Saturday, a Sunday or a "
            "public holiday in the Australian Capital Territory",
            url="http://classic.austlii.edu.au/au/legis/cth/consol_reg/tgr1990300/s42zczi.html",
            retrieved=RETRIEVED,
        ),
        Source(
            title="Australian Retailers Association: public holidays in the territory, 2025",
            url="https://www.retail.org.au/?p=40900",
            retrieved=RETRIEVED,
        ),
        Source(
            title="Department of Foreign Affairs and Trade: public holidays in Canberra, 2026, with 27 April",
            url="https://www.dfat.gov.au/about-us/canberra-public-holidays",
            date="2025-12-18",
            retrieved=RETRIEVED,
        ),
        library("Australian Capital Territory"),
    ),
    limits="The regulation defines the day for one division; that other periods mean it too is an assumption. Extra "
    "days come by declaration (27 April 2026 in the December before). The closing of offices between Christmas and New "
    "Year is not a public holiday and not off here.",
)

BR = Jurisdiction(
    code="BR",
    title="Brazil: national holidays and whole optional days of the federal administration (Anvisa, Brasilia)",
    # Read: the ministry's ordinances for 2024, 2025 and 2026.
    published_from=date(2024, 1, 1),
    published_through=date(2026, 12, 31),
    sources=(
        Source(
            title="INSS: Ordinance MGI 8.617 of 2023-12-26, holidays of 2024",
            url="https://gov.br/inss/pt-br/noticias/confira-os-feriados-e-pontos-facultativo-do-proximo-ano-1",
            date="2023-12-26",
            retrieved=RETRIEVED,
        ),
        Source(
            title="JD1 Noticias: Ordinance MGI 9.783 of 2024-12-27, holidays of 2025",
            url="https://jd1noticias.com/brasil/veja-os-feriados-nacionais-e-os-pontos-facultativos-em-2025/147554",
            date="2024-12-30",
            retrieved=RETRIEVED,
        ),
        Source(
            title="BR104: Ordinance MGI 11.460 of 2025-12-29, holidays of 2026",
            url="https://www.br104.com.br/brasil/calendario-feriados-brasil-2026-lista-completa",
            retrieved=RETRIEVED,
        ),
        LIBRARY,
    ),
    limits="Days that are free in part (Ash Wednesday, 24 and 31 December) are working days here. The Federal "
    "District's Evangelical Day (30 November) is not in the ordinances; in 2022 an order of the day before freed it. "
    "Bridge days come by the ordinance of the December before: projected years have none.",
)

CA = Jurisdiction(
    code="CA",
    title="Canada: designated holidays of the federal public service in Ottawa (Health Canada)",
    # Read: 2023 to 2026.
    published_from=date(2023, 1, 1),
    published_through=date(2026, 12, 31),
    sources=(
        Source(
            title="Canadian Digital Service: statutory holidays and office closures, 2025 and 2026",
            url="https://articles.alpha.canada.ca/cds-intranet-employee-guide/pay-leave-and-benefits/quick-reference-"
            "guide-for-employee-leave/stat-holidays-office-closures",
            retrieved=RETRIEVED,
        ),
        Source(
            title="Library and Archives Canada: holidays of 2024",
            url="https://bibliotheque-archives.canada.ca/fra/services/public/visitez-nous/Pages/jours-feries.aspx",
            retrieved=RETRIEVED,
        ),
        Source(
            title="Public Service Alliance of Canada, Atlantic: the civic holiday is the first Monday in August",
            url="https://old.psacatlantic.ca/updates/february-holiday-information-psac-members-federal-public-sector",
            retrieved=RETRIEVED,
        ),
        LIBRARY,
    ),
    limits="Ontario's Family Day is a working day of the federal service. Offices in Gatineau may take 24 June in "
    "place of the August holiday. One-off days (as 2022-09-19) come by proclamation.",
)

SA = Jurisdiction(
    code="SA",
    title="Saudi Arabia: public holidays, four working days at each Eid",
    weekends=(Weekend(FIRST_DAY, (THURSDAY, FRIDAY)), Weekend(date(2013, 6, 29), (FRIDAY, SATURDAY))),
    # The days at the two Eids are announced weeks ahead; those of 2025 alone were compared.
    published_from=date(2025, 1, 1),
    published_through=date(2025, 12, 31),
    sources=(
        Source(
            title="Siasat: the cabinet limits Eid holidays of authorities to four to five working days",
            url="https://www.siasat.com/saudi-arabia-approves-5-day-maximum-holidays-for-eid-al-fitr-eid-al-adha-2958419/",
            date="2024-01-16",
            retrieved=RETRIEVED,
        ),
        Source(
            title="Zawya: four days at Eid al-Fitr 2025 after 29 March",
            url="https://www.zawya.com/en/life/culture/4-day-eid-al-fitr-holiday-announced-for-saudi-private-and-non-"
            "profit-sectors-csm3go59",
            date="2025-03-12",
            retrieved=RETRIEVED,
        ),
        Source(
            title="Daily Pakistan: Eid al-Adha 2025 from 5 to 10 June",
            url="https://en.dailypakistan.com.pk/12-Mar-2025/eid-ul-fitr-2025-four-holidays-announced-for-private-"
            "sector-workers-this-year",
            date="2025-03-12",
            retrieved=RETRIEVED,
        ),
        Source(
            title="Gulf News: Founding Day and National Day on a Friday move to Thursday, on a Saturday to Sunday",
            url="https://gulfnews.com/world/gulf/saudi/official-holiday-rules-amended-for-state-employees-in-saudi-"
            "arabia-1.93618921",
            date="2023-02-03",
            retrieved=RETRIEVED,
        ),
        LIBRARY,
    ),
    limits="An authority such as the SFDA may give a fifth day, and its own days were not found; government offices "
    "closed longer before 2024. Other years are the library's reading of the law, and can miss: it has 14 April 2024 "
    "off, when work had resumed. Islamic days to come are estimates.",
)

US = Jurisdiction(
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
        LIBRARY,
    ),
    limits="Closures by executive order (as on 2024-12-24 and 2025-01-09) and Inauguration Day are not days off here: "
    "the first are ordered days ahead and leave agencies free to stay open, the second holds around Washington alone.",
)
