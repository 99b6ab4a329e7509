"""Calendars of Indonesia, Malaysia, the Philippines, Singapore, Thailand and Vietnam."""

from __future__ import annotations

from datetime import date

from onepill.calendars.jurisdictions.identity import RETRIEVED, Jurisdiction, library
from onepill.core.provenance import Source

ID = Jurisdiction(
    code="ID",
    title="Indonesia: national holidays, and the joint leave of civil servants",
    # The library holds the joint leave of every year since 2002; Lunar New Year is a holiday since 2003.
    published_from=date(2003, 1, 1),
    # It holds the joint leave of 2027 too, but still marks the two Eids of 2027 as estimates.
    published_through=date(2026, 12, 31),
    sources=(
        Source(title="Presidential Decree 8 of 2024 on holidays", date="2024-01-29"),
        Source(
            title="Koran Jakarta: joint decree of three ministers on holidays and joint leave in 2025",
            url="https://koran-jakarta.com/ini-daftar-libur-nasional-dan-cuti-bersama-tahun-2025",
            date="2024-10-14",
            retrieved=RETRIEVED,
        ),
        Source(
            title="Noor Rohmat: joint leave at Eid al-Fitr 2025 by Joint Decree 1017, 2 and 2 of 2024",
            url="https://noorrohmat.com/berita/ketentuan-cuti-bersama-idul-fitri-2025-pemerintah-republik-indonesia",
            retrieved=RETRIEVED,
        ),
        library("holidays 1963 to 2026"),
    ),
    limits="Joint leave, some five to ten days a year, comes by a decree of the year before: projected years have none "
    "after 2027. Islamic days of projected years are estimates.",
)

MY = Jurisdiction(
    code="MY",
    title="Malaysia: holidays of federal offices in Selangor (the NPRA is in Petaling Jaya)",
    # The library names the Prime Minister's Department's list of each year from 2012 to 2027 as its check.
    published_from=date(2012, 1, 1),
    published_through=date(2027, 12, 31),
    sources=(
        Source(title="Holidays Act 1951 (Act 369), section 3: a holiday on a Sunday moves to the next day"),
        Source(
            title="NPRA: address in Petaling Jaya, Selangor",
            url="https://www.npra.gov.my/index.php/en/component/content/article/427-english/announcement-main/"
            "announcement-2022/1527341-refund-procedure-involving-online-payment-made-via-national-pharmaceutical-"
            "regulatory-agency-quest3-system.html?Itemid=1391",
            retrieved=RETRIEVED,
        ),
        Source(
            title="trek.zone: holidays of 2025 by state",
            url="https://trek.zone/en/malaysia/calendar/2025",
            retrieved=RETRIEVED,
        ),
        library("Hari Kelepasan Am of kabinet.gov.my, 2012 to 2027"),
    ),
    limits="Putrajaya and Kuala Lumpur have Federal Territory Day (1 February) and not the Sultan of Selangor's "
    "birthday (11 December). The list's Islamic days can still move by a day, and extra days come weeks ahead.",
)

PH = Jurisdiction(
    code="PH",
    title="Philippines: regular holidays and special non-working days",
    # The library holds the days by proclamation of each year since 2008, Lunar New Year since 2012.
    published_from=date(2012, 1, 1),
    # The proclamation for 2027 is known, but the two Eids are proclaimed weeks ahead.
    published_through=date(2026, 12, 31),
    sources=(
        Source(title="Republic Act 9492 on holidays", date="2007-07-24"),
        Source(
            title="Daily Tribune: Proclamation 727, holidays of 2025",
            url="https://tribune.net.ph/2024/10/31/palace-releases-dates-for-2025-holidays-and-special-non-working-days",
            date="2024-10-31",
            retrieved=RETRIEVED,
        ),
        library("proclamations to 1427 of 2026-09"),
    ),
    limits="Days on which government work is suspended by circular, as for a typhoon, are working "
    "days here; special working days are working days. Islamic days of projected years are estimates.",
)

SG = Jurisdiction(
    code="SG",
    title="Singapore: public holidays, with the Monday after those on a Sunday, and polling days",
    # Public offices work five days since August 2004.
    published_from=date(2005, 1, 1),
    # The Ministry of Manpower lists a year some six months before it begins; the library read 2027 in June 2026.
    published_through=date(2027, 12, 31),
    sources=(
        Source(title="Holidays Act 1998"),
        Source(
            title="The Independent Singapore: the Ministry of Manpower's holidays for 2025",
            url="https://theindependent.sg/good-news-4-long-public-holiday-weekends-in-singapore-next-year-mom-"
            "releases-sg-ph-dates-for-2025/",
            date="2024-08-05",
            retrieved=RETRIEVED,
        ),
        library("Ministry of Manpower, to 2027"),
    ),
    limits="A holiday on a Saturday is not moved. Polling days are called weeks ahead. Islamic, Hindu and Buddhist "
    "days of projected years are estimates; the listed Islamic days are subject to the sighting of the moon.",
)

TH = Jurisdiction(
    code="TH",
    title="Thailand: holidays of government offices, with days in lieu and the cabinet's extra days",
    # The library calls itself accurate from 1997 to 2025; days in lieu follow a rule since 2001.
    published_from=date(2001, 1, 1),
    published_through=date(2025, 12, 31),
    sources=(
        Source(
            title="Pattaya Mail: cabinet resolution, Songkran 2024 from 12 to 16 April",
            url="https://www.pattayamail.com/thailandnews/thailand-extends-songkran-holiday-to-5-days-to-ease-road-"
            "gridlocks-and-boosts-tourism-452487",
            date="2024-02-13",
            retrieved=RETRIEVED,
        ),
        Source(
            title="abcnewz: government and private holidays in May 2025 (Labour Day is not a government holiday)",
            url="https://abcnewz.fun/?p=1258",
            retrieved=RETRIEVED,
        ),
        library("gazette and Bank of Thailand, to 2025"),
    ),
    limits="Government offices work on Labour Day, and close on the day of the Royal Ploughing Ceremony, which is set "
    "year by year: projected years after 2026 have none. Extra days come by cabinet resolution, at times weeks ahead.",
)

VN = Jurisdiction(
    code="VN",
    title="Vietnam: days off of civil servants, with make-up working days",
    # The library names the announcements from 2018 on.
    published_from=date(2018, 1, 1),
    # It holds the exchange of August 2026; no announcement for 2027 was found.
    published_through=date(2026, 12, 31),
    sources=(
        Source(title="Labour Code 2019 (45/2019/QH14), art. 112", date="2019-11-20"),
        Source(
            title="Saigon Giai Phong: the Prime Minister approves nine days at Tet 2025",
            url="https://en.sggp.org.vn/prime-minister-approves-9-day-tet-break-for-2025-post114084.html",
            date="2024-11-27",
            retrieved=RETRIEVED,
        ),
        library("announcements of 2018, 2019, 2024, 2025 and 2026"),
    ),
    limits="How the five days of Tet lie around New Year is announced each autumn: projected years follow the usual "
    "pattern, and have no exchanged days.",
)
