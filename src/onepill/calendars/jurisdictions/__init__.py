"""The jurisdictions that have a calendar: what counts as a day off there, who publishes it, and through which day."""

from __future__ import annotations

from onepill.calendars.jurisdictions.east_asia import CN, HK, JP, KR, MO
from onepill.calendars.jurisdictions.elsewhere import AE, AU, BR, CA, SA, US
from onepill.calendars.jurisdictions.europe import CH, EU, GB
from onepill.calendars.jurisdictions.identity import FIRST_DAY, LAST_DAY, Jurisdiction
from onepill.calendars.jurisdictions.southeast_asia import ID, MY, PH, SG, TH, VN
from onepill.core.errors import InputError

__all__ = ["FIRST_DAY", "JURISDICTIONS", "LAST_DAY", "Jurisdiction", "find_jurisdiction"]

JURISDICTIONS: dict[str, Jurisdiction] = {
    each.code: each for each in (AE, AU, BR, CA, CH, CN, EU, GB, HK, ID, JP, KR, MO, MY, PH, SA, SG, TH, US, VN)
}


def find_jurisdiction(code: str) -> Jurisdiction:
    """The jurisdiction of a code such as `CN`.

    Raises:
        InputError: `calendar.unknown`.
    """
    if code not in JURISDICTIONS:
        hint = f"known: {', '.join(sorted(JURISDICTIONS))}"
        raise InputError.single("calendar.unknown", f"there is no calendar for {code!r}", hint=hint, value=code)
    return JURISDICTIONS[code]
