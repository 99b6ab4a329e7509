"""China's register of drug trials (chinadrugtrials.org.cn): the list, full records, their endpoints and sites."""

from __future__ import annotations

import re
from typing import Any

from onepill.registries.days import NONE, Day, read_day
from onepill.registries.delimited import TAB
from onepill.registries.layouts import Headless, Row, Separated
from onepill.registries.roles import Listed, is_placebo
from onepill.registries.sink import Kept, Refused, Sink, day_pair, text_or_none
from onepill.registries.words import phase_label, phases_of, status_of

REGISTER = "CDE"
ID = re.compile(r"CTR\d{8}")
LIST_FIELDS = 7
BLANK = ("", "/", "无", "NA", "暂无", "暂未填写此信息", "登记人暂未填写该信息", "企业选择不公示")
_DRUG = re.compile(r"中文通用名:(?P<zh>.*?)英文通用名:(?P<en>.*?)商品(?:名)?:(?P<brand>.*?)剂型:", re.DOTALL)
_PLACES = re.compile(r"(国内|国际)[:：]([^；;]*)")
_NUMBER = re.compile(r"\d+")
_AGE = re.compile(r"(?P<low>.*?)\(最小年龄\)至(?P<high>.*?)\(最大年龄\)")
_PHASE_FREE = re.compile(r"^其[它他](?:其[它他])?说明:")


def is_list(fields: list[str]) -> bool:
    """Whether a first line is one of the list: running number, trial id, status, and so on."""
    return len(fields) >= LIST_FIELDS and fields[0].isdigit() and bool(ID.fullmatch(fields[1]))


def read_listed(fields: list[str], sink: Sink) -> Kept:
    """A line of the list: it names neither sponsor nor phase, save where the title does."""
    _, trial_id, status_raw, drug, indication, title, page_id = fields
    _check(trial_id)
    raw = " ".join(status_raw.split())
    phases = phases_of(_phase_in_title(title))
    values = {
        "register": REGISTER,
        "title": text_or_none(title),
        "status": status_of(raw),
        "status_raw": raw or None,
        "study_type": "INTERVENTIONAL",
        "phase": phase_label(phases),
        "phases": phases,
        "phase_raw": _phase_in_title(title) or None,
        "page_id": text_or_none(page_id),
    }
    sink.put("trial", trial_id, 0, values)
    _investigated(drug, trial_id, sink)
    _condition(indication, trial_id, sink)
    return Kept(trial_id, raw, ())


def _phase_in_title(title: str) -> str:
    found = re.search(r"(?:[ⅠⅡⅢⅣIV]{1,3}[ab]?(?:/[ⅠⅡⅢⅣIV]{1,3}[ab]?)?)期", title)
    return _plain(found[0]) if found else ""


def _plain(text: str) -> str:
    for sign, letters in (("Ⅰ", "I"), ("Ⅱ", "II"), ("Ⅲ", "III"), ("Ⅳ", "IV")):
        text = text.replace(sign, letters)
    return text


def read_full(row: Row, sink: Sink) -> Kept:
    """A full record: phases in free text, numbers and days split into home and abroad."""
    trial_id = row["ctrid"]
    _check(trial_id)
    phase_raw = _PHASE_FREE.sub("", row["phase"])
    phases = phases_of(_plain(phase_raw))
    enrolment, enrolment_type = _enrolment(row)
    posted = read_day(row["firstpublicdate"])
    dates = {
        "first_posted": posted,
        "consent": _first_day(row["firstconsentdate"]),
        "enrolled": _first_day(row["firstenrolleddate"]),
        "completion": _first_day(row["completiondate"]),
        "protocol": read_day(row["versiondate"]),
    }
    status = status_of(_bracketed(row["statusdetail"]) or row["status"])
    values = {
        "register": REGISTER,
        "title": _told(row["plaintitle"]),
        "official_title": _told(row["officialtitle"]),
        "org_study_id": _told(row["protocolno"]),
        "secondary_ids": ID.findall(row["relatedtrialids"]),
        "status": status,
        "status_raw": text_or_none(row["statusdetail"]),
        "study_type": "INTERVENTIONAL",
        "phase": phase_label(phases),
        "phases": phases,
        "phase_raw": phase_raw or None,
        "enrolment": enrolment,
        "enrolment_type": enrolment_type,
        "allocation": _told(row["allocation"]),
        "intervention_model": _told(row["design"]),
        "primary_purpose": _told(row["category"]),
        "masking": _told(row["masking"]),
        "healthy_volunteers": {"有": True, "无": False}.get(row["healthyvolunteers"]),
        "sex": {"男+女": "ALL", "男": "MALE", "女": "FEMALE"}.get(row["sex"]),
        "summary": _told(row["purpose"]),
        **_ages(row["age"]),
        **day_pair("first_posted", posted),
        **day_pair("start", dates["enrolled"]),
        "start_type": "ACTUAL" if dates["enrolled"][0] is not None else None,
        **day_pair("completion", dates["completion"]),
    }
    sink.put("trial", trial_id, 0, values)
    _lists(row, trial_id, sink)
    told = [(kind, day) for kind, day in dates.items() if day[0] is not None]
    for place, (kind, day) in enumerate(told):
        sink.put("trial_date", trial_id, place, {"kind": kind, "known_day": posted[0], **day_pair("event", day)})
    return Kept(trial_id, " ".join(row["status"].split()), (posted[0],))


def _lists(row: Row, trial_id: str, sink: Sink) -> None:
    sponsors = [name.strip() for name in row["sponsor"].split("/ ") if _told(name)]
    for place, name in enumerate(sponsors):
        sink.put("sponsor", trial_id, place, {"name": name, "sponsor_role": "collaborator" if place else "lead"})
    _condition(row["indication"], trial_id, sink)
    former = _told(row["drugformername"])
    if former:
        sink.add("alias", trial_id, drug_name=row["drugname"], alias=former, alias_kind="former", language="zh")
    for name, role, basis, others in _drugs(row):
        values = {"intervention_type": _kind(row["drugtype"]), "name": name, "role": role, "role_basis": basis}
        sink.add("intervention", trial_id, **values, other_names=others)


def _drugs(row: Row) -> list[tuple[str, str, str, list[str]]]:
    """Each drug once: the applicant's own, others of the test group, those of the control group."""
    own = row["drugname"].strip()
    tests, controls = _named(row["testdrugs"]), _named(row["controldrugs"])
    out = {own: ("investigated", "registered_drug", tests.pop(own, []))} if _told(own) else {}
    for name, others in tests.items():
        if _same(name, own):
            out.setdefault(name, ("investigated", "registered_drug", others))
        else:
            out.setdefault(name, ("background", "test_group_other_drug", others))
    for name, others in controls.items():
        label = name if name not in out else f"{name} (control)"
        out[label] = ("placebo", "name", others) if is_placebo(name) else ("comparator", "control_group", others)
    return [(name, role, basis, others) for name, (role, basis, others) in out.items()]


def _named(text: str) -> dict[str, list[str]]:
    """The drugs of a group by Chinese name, or by the first other that is told, each with its further names."""
    out: dict[str, list[str]] = {}
    for found in _DRUG.finditer(text):
        told = list(dict.fromkeys(name for part in ("zh", "en", "brand") if (name := _told(found[part]))))
        if told:
            others = out.setdefault(told[0], [])
            others += [name for name in told[1:] if name not in others]
    return out


def _same(name: str, own: str) -> bool:
    return bool(own) and (name in own or own in name)


def _enrolment(row: Row) -> tuple[int | None, str | None]:
    """Participants at home and abroad together: the final number if told, else the planned one."""
    for column, kind in (("finaln", "ACTUAL"), ("plannedn", "ESTIMATED")):
        numbers = {place: _NUMBER.search(text) for place, text in _PLACES.findall(row[column])}
        # `国际` is the number of all countries where it is told, China included.
        found = numbers.get("国际") or numbers.get("国内")
        if found:
            return int(found[0]), kind
    return None, None


def _first_day(text: str) -> Day:
    """The earlier of home and abroad."""
    days = [read_day(part.strip()) for _, part in _PLACES.findall(text) if part.strip() not in BLANK]
    told = [day for day in days if day[0] is not None]
    return min(told, key=lambda day: day[0] or 0) if told else NONE


def _ages(text: str) -> dict[str, str | None]:
    found = _AGE.fullmatch(text)
    if not found:
        return {}
    return {
        f"{end}imum_age": None if "限" in found[g] else found[g] or None for end, g in (("min", "low"), ("max", "high"))
    }


def _bracketed(text: str) -> str:
    """`进行中（尚未招募）` as the list writes it: `进行中 尚未招募`."""
    return text.replace("（", " ").replace("）", "")


def _kind(drug_type: str) -> str:
    return "BIOLOGICAL" if drug_type == "生物制品" else "DRUG"


def _investigated(drug: str, trial_id: str, sink: Sink) -> None:
    if text_or_none(drug):
        one = Listed(drug.strip(), "DRUG")
        values = {"intervention_type": one.kind, "name": one.name, "role": "investigated"}
        sink.put("intervention", trial_id, 0, {**values, "role_basis": "registered_drug"})


def _condition(text: str, trial_id: str, sink: Sink) -> None:
    if _told(text):
        sink.put("condition", trial_id, 0, {"term": text.strip(), "kind": "condition"})


def _told(text: str) -> str | None:
    stripped = text.strip()
    return None if stripped in BLANK else stripped


def _check(trial_id: str) -> None:
    if not ID.fullmatch(trial_id):
        raise Refused("bad_id", f"{trial_id!r} is no id of China's register", trial_id)


def _parent(row: Row, sink: Sink) -> str:
    trial_id = row["ctrid"]
    _check(trial_id)
    if trial_id not in sink.seen:
        raise Refused("orphan", f"{trial_id} is not among the full records", trial_id)
    return trial_id


def read_endpoint(row: Row, sink: Sink) -> Kept:
    trial_id = _parent(row, sink)
    classes: dict[str, Any] = {"有效性指标": "efficacy", "安全性指标": "safety", "有效性指标+安全性指标": "both"}
    kind = "primary" if row["kind"].startswith("主要") else "secondary"
    told = {"measure": text_or_none(row["endpoint"]), "time_frame": text_or_none(row["timeframe"])}
    sink.add("endpoint", trial_id, kind=kind, endpoint_class=classes.get(row["efficacyorsafety"]), **told)
    return Kept(trial_id)


def read_site(row: Row, sink: Sink) -> Kept:
    trial_id = _parent(row, sink)
    values = {"facility": row["site"], "country": row["country"], "region": row["province"], "city": row["city"]}
    sink.add("site", trial_id, **{column: text_or_none(text) for column, text in values.items()})
    return Kept(trial_id)


FULL_COLUMNS = (
    *("ctr_id", "status", "status_detail", "sponsor", "first_public_date", "related_trial_ids", "drug_name"),
    *("drug_former_name", "drug_type", "indication", "phase", "category", "age", "sex", "planned_n", "final_n"),
    *("first_consent_date", "first_enrolled_date", "completion_date", "purpose", "official_title", "plain_title"),
    *("test_drugs", "control_drugs", "protocol_no", "version_date", "design", "allocation", "masking"),
    "healthy_volunteers",
)
LIST = Headless(
    "cde_list", is_list, (LIST_FIELDS,), read_listed, TAB, unique=True, id_of=lambda fields: "".join(fields[1:2])
)
FULL = Separated("cde_full", FULL_COLUMNS, read_full, unique=True)
ENDPOINTS = Separated(
    "cde_endpoints",
    ("ctr_id", "kind", "endpoint", "time_frame", "efficacy_or_safety"),
    read_endpoint,
    rank=1,
    needs="cde_full",
)
SITES = Separated("cde_sites", ("ctr_id", "site", "country", "province", "city"), read_site, rank=1, needs="cde_full")
