"""The layouts in which each source may come, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from onepill.registries import (
    burden,
    cde,
    ctgov_csv,
    ema,
    euctr,
    fda_applications,
    fda_books,
    fda_events,
    ictrp,
    pharma_space,
    repurposing_hub,
    vocabularies,
)
from onepill.registries.ctgov_json import ApiJson
from onepill.registries.ctgov_xml import LegacyXml
from onepill.registries.layouts import Layout

LAYOUTS: Mapping[str, tuple[Layout, ...]] = MappingProxyType(
    {
        "ctgov": (
            ApiJson(),
            LegacyXml(),
            ctgov_csv.LEGACY,
            ctgov_csv.SAMPLE,
            ctgov_csv.STUDIES,
            ctgov_csv.INTERVENTIONS,
            ctgov_csv.SPONSORS,
            ctgov_csv.SITES,
            ctgov_csv.CONDITIONS,
        ),
        "cde": (cde.LIST, cde.FULL, cde.ENDPOINTS, cde.SITES),
        "euctr": (euctr.TABLE,),
        "ictrp": (ictrp.TABLE,),
        "ema": (ema.WORKBOOK,),
        "drugsatfda": (
            fda_applications.APPLICATIONS,
            fda_applications.PRODUCTS,
            fda_applications.SUBMISSIONS,
            fda_applications.MARKETING_STATUS,
            *fda_applications.LOOKUPS,
        ),
        "orange_book": (fda_books.PATENTS, fda_books.EXCLUSIVITIES, fda_books.PRODUCTS),
        "purple_book": (fda_books.PURPLE,),
        "fda_nme": (fda_applications.NEW_ENTITIES,),
        "fda_crl": (fda_events.LETTERS,),
        "fda_shortages": (fda_events.SHORTAGES,),
        "repurposing_hub": (repurposing_hub.TABLE,),
        "pharma_space": (pharma_space.NODES, pharma_space.EDGES, pharma_space.CONCEPTS),
        "atc": (vocabularies.ATC,),
        "mesh": (vocabularies.MESH_TREE, vocabularies.MESH_TERMS),
        "mondo_efo": (vocabularies.MONDO, vocabularies.ORPHANET),
        "burden": (burden.TABLE,),
    }
)
