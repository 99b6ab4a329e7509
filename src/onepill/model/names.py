"""Jurisdictions by the names that people use."""

from __future__ import annotations

PLACES: dict[str, dict[str, str]] = {
    "CN": {"en": "China", "zh": "中国"},
    "US": {"en": "United States", "zh": "美国"},
    "EU": {"en": "European Union", "zh": "欧盟"},
    "JP": {"en": "Japan", "zh": "日本"},
    "GB": {"en": "United Kingdom", "zh": "英国"},
    "CH": {"en": "Switzerland", "zh": "瑞士"},
    "HK": {"en": "Hong Kong", "zh": "香港"},
    "MO": {"en": "Macao", "zh": "澳门"},
    "KR": {"en": "Korea", "zh": "韩国"},
    "SG": {"en": "Singapore", "zh": "新加坡"},
    "MY": {"en": "Malaysia", "zh": "马来西亚"},
    "TH": {"en": "Thailand", "zh": "泰国"},
    "ID": {"en": "Indonesia", "zh": "印度尼西亚"},
    "VN": {"en": "Vietnam", "zh": "越南"},
    "PH": {"en": "Philippines", "zh": "菲律宾"},
    "AU": {"en": "Australia", "zh": "澳大利亚"},
    "CA": {"en": "Canada", "zh": "加拿大"},
    "SA": {"en": "Saudi Arabia", "zh": "沙特阿拉伯"},
    "AE": {"en": "United Arab Emirates", "zh": "阿联酋"},
    "BR": {"en": "Brazil", "zh": "巴西"},
}


def place(code: str) -> dict[str, str]:
    """The name of a jurisdiction in English and Chinese, its code where it has none here."""
    return PLACES.get(code, {"en": code, "zh": code})
