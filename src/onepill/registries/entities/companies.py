"""Company names brought to one form, with country, parent and class of sponsor where these are known."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Any, Literal

from onepill.core.provenance import Source
from onepill.registries.entities.corrections import Corrections
from onepill.registries.entities.fuzzy import FuzzyIndex
from onepill.registries.entities.links import Evidence, Link, no_link
from onepill.registries.entities.text import fold, has_chinese, slug

SponsorClass = Literal["industry", "academic", "government", "network", "individual", "unknown"]

_LEGAL = re.compile(
    r"(?:[\s,.]+(?:inc|incorporated|corp|corporation|co|company|ltd|limited|llc|l\.l\.c|llp|lp|l\.p|plc|gmbh & co|"
    r"gmbh|ag|kgaa|kg|"
    r"se|sa|s\.a|sas|s\.a\.s|sarl|srl|s\.r\.l|spa|s\.p\.a|s\.p\.a|bv|b\.v|nv|n\.v|a/s|as|aps|ab|oy|oyj|k\.k|kk|pty|pvt|"
    r"pte|sdn|bhd|kft|zrt|sro|s\.r\.o|doo|d\.o\.o|s\.l|sl|sp\. z o\.o|ltda|s\.a\.u|sau|group|holdings?|lda|gk|"
    r"& co|and co|intl|international))+[\s.,]*$"
)
_KEPT_FORMS = ("merck kgaa", "merck & co")
"""Two companies that their legal forms alone tell apart."""
_CHINESE_LEGAL = re.compile(r"(?:集团)?(?:股份有限公司|有限责任公司|有限公司|公司|集团)$")
_CHINESE_GROUP = re.compile(r"(?:集团|有限责任|股份)$")
_BRACKET = re.compile(r"\s*[(（][^()（）]*[)）]\s*")
_STATED_PARENT = re.compile(
    r"^(?P<own>.+?)(?:,\s*| )(?:(?:is )?now )?(?:a|an|is a|is now a|now a|part of|now part of|a member of the)?\s*"
    r"(?:(?:wholly[- ]owned |indirect )?(?:subsidiary|affiliate) of |part of |member of the |healthcare company of )"
    r"(?P<parent>[^,(]+)",
    re.IGNORECASE,
)
_COMPANY_OF = re.compile(r"^(?P<own>.+?),\s*an? (?P<parent>[\w&.' -]+?) (?:group )?company\b", re.IGNORECASE)
_MERGED = re.compile(r"\bto form (?P<own>[\w&' -]+)")
_FORM_COUNTRY = (
    (re.compile(r"\bs\.?p\.?a\.?$"), "IT"), (re.compile(r"\ba/s$|\baps$"), "DK"), (re.compile(r"\boyj?$"), "FI"),
    (re.compile(r"\bk\.?k\.?$"), "JP"), (re.compile(r"\bpty\.?(?:,? ltd\.?)?$"), "AU"), (re.compile(r"\bkgaa\b"), "DE"),
    (re.compile(r"\bpvt\.?(?:,? ltd\.?)?$"), "IN"), (re.compile(r"\bltda\.?$"), "BR"),
    (re.compile(r"\ba\.?b\.?$"), "SE"),
)  # fmt: skip
_CHINA = re.compile(
    r"^(?:beijing|shanghai|guangzhou|shenzhen|jiangsu|zhejiang|suzhou|hangzhou|nanjing|chengdu|sichuan|wuhan|hubei|hunan|"
    r"shandong|tianjin|chongqing|xiamen|fujian|hebei|henan|guangdong|hefei|anhui|taizhou|wuxi|xi'?an|shaanxi|changchun|"
    r"jilin|liaoning|shenyang|dalian|harbin|heilongjiang|yunnan|kunming|guizhou|guangxi|hainan|zhuhai|ningbo|jinan|"
    r"qingdao|shijiazhuang|lianyungang|changsha|zhengzhou|nanchang|jiangxi|taiyuan|shanxi)\b"
)
_CLASSES: tuple[tuple[SponsorClass, re.Pattern[str]], ...] = (
    ("individual", re.compile(r"^\[individual\]$|,? (?:md|m\.d\.|phd|ph\.d\.)\.?$|^(?:dr|prof|professor)\.? ")),
    ("government", re.compile(
        r"\b(?:ministry|ministerio|department of (?:health|veterans|defense)|government|national institutes? of|"
        r"national (?:cancer|heart|eye|human|center for|centre for)[\w ,&-]*institute|\(n[a-z]{2,5}\)|\bniaid\b|"
        r"federal|public health (?:agency|england)|centers for disease|army|navy|veterans|us food)\b|"
        r"疾病预防控制|卫生部")),
    ("academic", re.compile(
        r"\b(?:universit\w*|college|hospitals?|h[oô]pita\w*|hospices|klinik\w*|clinic|medical cent(?:er|re)|school|"
        r"academy|"
        r"akadem\w*|institut\w*|instituto|istituto|foundation|fundaci\w*|fondazione|stichting|trust|cent(?:er|re) "
        r"[\w' ]*(?:cancer|berard|research|hospitalier)|cent(?:er|re)|irccs|health system|assistance publique|"
        r"krankenhaus|sjukhus|sygehus|policlinic\w*|ospedale|azienda|health sciences?|research council)\b|"
        r"大学|医院|学院|研究院|研究所")),
    ("network", re.compile(r"\b(?:cooperative|oncology group|study group|network|consortium|trials group|society)\b")),
    ("industry", re.compile(
        r"\b(?:pharma\w*|biotech\w*|therapeutics?|biopharma\w*|biosciences?|biologics?|laborator\w*|medicines?|vaccines?|"
        r"genetics|genomics|diagnostics|devices|technolog\w*|biomedical|biomed|oncology|sciences|medical)\b|"
        r"制药|药业|医药|生物|公司")),
)  # fmt: skip


@dataclass(frozen=True)
class Company:
    """A company of the packaged table or one known by its name alone.

    Attributes:
        country: ISO 3166 two letters, empty where unknown; see the table's grade.
        parent_id: empty where no source states a parent.
        parent_source: what states the parent.
    """

    company_id: str
    name: str
    country: str = ""
    sponsor_class: SponsorClass = "unknown"
    parent_id: str = ""
    parent_source: Source | None = None
    names: tuple[str, ...] = ()


_Listed = tuple[tuple[Company, str], ...]
"""The companies that bear a name, each with the name as listed."""


class CompanyBook:
    """Sponsors to companies: corrections, the packaged table, the group's name at the head, else the name's own id."""

    def __init__(self, corrections: Corrections | None = None) -> None:
        self._corrections = corrections or Corrections()

    def link(self, text: str) -> Link:
        """The company that a sponsor string names; an unlisted one gets the slug of its own key as id.

        A link without an id is of an empty text.
        """
        decided = self._corrections.links("company", text)
        if decided is not None:
            return decided[0] if decided else no_link("company", text, "correction")
        own = own_name(text)
        key = company_key(own)
        if not key:
            return no_link("company", text, "company.empty")
        listed = self._keys.get(key)
        if listed:
            return self._as_link(text, listed, "company.key", 0.98)
        head = self._by_head(key)
        if head:
            return self._as_link(text, head, "company.head", 0.90)
        near = [one for one in self._index.near(key) if one.edits == 1]
        if near and len(key) >= 10:
            return self._as_link(text, self._keys[self._index.names[near[0].place]], "company.fuzzy", 0.80)
        return Link("company", text, slug(key), own, 0.90, Evidence("company.own_name", own, "the text itself"))

    def company(self, text: str) -> Company:
        """The company with its country, class and parent, as far as table, text or legal form tell."""
        link = self.link(text)
        listed = _companies().get(link.entity_id)
        if listed:
            return listed
        parent = stated_parent(text)
        parent_link = self.link(parent) if parent else None
        return Company(
            company_id=link.entity_id,
            name=link.name,
            country=country_of(text),
            sponsor_class=sponsor_class(text),
            parent_id=parent_link.entity_id if parent_link else "",
            parent_source=Source(f"the sponsor's name as listed: {text}") if parent_link else None,
        )

    def _as_link(self, text: str, listed: _Listed, rule: str, score: float) -> Link:
        """A name that two companies bear (Merck) is uncertain, and the other is told."""
        (company, alias), *rest = listed
        others = tuple(one.company_id for one, _ in rest)
        evidence = Evidence(rule, alias, "companies")
        name = company.name
        return Link("company", text, company.company_id, name, min(score, 0.7) if others else score, evidence, others)

    def _by_head(self, key: str) -> _Listed | None:
        """A listed name at the head of the key, as groups name their units; at least six letters, or two words."""
        words = key.split()
        for size in range(len(words) - 1, 0, -1):
            head = " ".join(words[:size])
            if head in self._keys and (len(head) >= 6 or size > 1):
                return self._keys[head]
        if has_chinese(key):
            heads = [name for name in self._keys if has_chinese(name) and len(name) >= 4 and key.startswith(name)]
            return self._keys[max(heads, key=len)] if heads else None
        return None

    @cached_property
    def _keys(self) -> Mapping[str, _Listed]:
        found: dict[str, dict[str, tuple[Company, str]]] = defaultdict(dict)
        for one in _companies().values():
            for name in (*one.names, one.name):
                found[company_key(name)].setdefault(one.company_id, (one, name))
        return {key: tuple(of.values()) for key, of in found.items()}

    @cached_property
    def _index(self) -> FuzzyIndex:
        return FuzzyIndex(tuple(sorted(self._keys)))


@lru_cache(maxsize=1 << 16)
def company_key(name: str) -> str:
    """The name folded, without legal form, brackets and punctuation; idempotent."""
    key = fold(name)
    kept = next((form for form in _KEPT_FORMS if re.match(rf"{form}\b", key)), None)
    if kept:
        return kept
    before = None
    while key != before:
        before = key
        key = _without_legal_form(key)
    return key


def own_name(text: str) -> str:
    """The sponsor's own name in a string that also tells its parent, its fate or a former name."""
    plain = " ".join(text.split())
    merged = _MERGED.search(plain)
    if merged:
        return merged.group("own").strip()
    for pattern in (_COMPANY_OF, _STATED_PARENT):
        found = pattern.search(plain)
        if found:
            return re.sub(r"(?: is| now| has)+$", "", found.group("own")).strip(" ,")
    return re.split(r"\s*/\s*(?=\w{3})", plain)[0]


def stated_parent(text: str) -> str:
    """The parent that the sponsor's string itself names (`Kite, A Gilead Company`); empty where it names none."""
    plain = " ".join(text.split())
    for pattern in (_COMPANY_OF, _STATED_PARENT):
        found = pattern.search(plain)
        if found:
            return found.group("parent").strip(" .")
    return ""


def country_of(text: str) -> str:
    """A country that the name itself shows: Chinese text, a Chinese place at the head, a legal form of one country."""
    folded = fold(text).strip(" .")
    if has_chinese(text) or _CHINA.search(folded):
        return "CN"
    return next((country for pattern, country in _FORM_COUNTRY if pattern.search(folded)), "")


def sponsor_class(text: str, listed: str = "") -> SponsorClass:
    """The class of a sponsor: the register's own where it gives one, else by the words of the name.

    Args:
        listed: INDUSTRY, NIH, FED, OTHER_GOV, NETWORK, INDIV or OTHER (read further) as registers write it.
    """
    known: Mapping[str, SponsorClass] = {
        "INDUSTRY": "industry", "NIH": "government", "FED": "government", "OTHER_GOV": "government",
        "NETWORK": "network", "INDIV": "individual",
    }  # fmt: skip
    if listed.upper() in known:
        return known[listed.upper()]
    folded = fold(text)
    by_word = next((name for name, pattern in _CLASSES if pattern.search(folded)), None)
    if by_word in {"academic", "government", "individual"}:
        return by_word
    if _LEGAL.search(folded) or _CHINESE_LEGAL.search(folded):
        return "industry"
    return by_word or ("academic" if listed.upper() == "OTHER" else "unknown")


def _without_legal_form(key: str) -> str:
    text = _BRACKET.sub(" ", key).strip()
    text = re.sub(r",\s*(?:darmstadt|rahway|basel).*$", "", text)
    if has_chinese(text):
        return _CHINESE_GROUP.sub("", _CHINESE_LEGAL.sub("", re.sub(r"\s+", "", text)))
    text = text.split(", ")[0] if _LEGAL.search(" " + text.split(", ")[0]) and ", " in text else text
    if _LEGAL.sub("", text).strip(" ,."):
        text = _LEGAL.sub("", text)
    return " ".join(re.sub(r"[^\w&+-]+", " ", text.replace("'", "")).split())


@cache
def _companies() -> Mapping[str, Company]:
    text = files("onepill.registries.entities").joinpath("data", "companies.json").read_text(encoding="utf-8")
    return {row["id"]: _company(row) for row in json.loads(text)["companies"]}


def _company(row: Mapping[str, Any]) -> Company:
    return Company(
        company_id=row["id"],
        name=row["name"],
        country=row["country"],
        sponsor_class=row["class"],
        parent_id=row.get("parent", ""),
        parent_source=Source(**row["parent_source"]) if "parent_source" in row else None,
        names=tuple(row["names"]),
    )


def listed_companies() -> Mapping[str, Company]:
    """The packaged table by id."""
    return _companies()
