"""Why a record is set aside: every reason code with its sentence."""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, Mapping[str, str]] = {
    "bad_day": {
        "en": "a day that the calendar does not have, or in no known form",
        "zh": "日期在历法中不存在，或写法无法识别",
    },
    "bad_id": {"en": "no id, or an id of a wrong form", "zh": "无编号，或编号格式有误"},
    "duplicate_id": {
        "en": "an id that occurs a second time; the first is kept",
        "zh": "编号重复出现；保留第一条",
    },
    "field_count": {"en": "more or fewer fields than the header has", "zh": "字段数与表头不符"},
    "fragment": {"en": "a fragment of a record, without its status", "zh": "记录残缺，缺少状态"},
    "invalid_json": {"en": "invalid JSON", "zh": "JSON 无效"},
    "invalid_xml": {"en": "invalid XML", "zh": "XML 无效"},
    "malformed": {"en": "a value that is not of the shape of this source", "zh": "数值不符合该来源的结构"},
    "orphan": {"en": "a row whose record is not among those loaded", "zh": "所属记录未载入"},
}
"""By code, the sentence in English (`en`) and Chinese (`zh`)."""
