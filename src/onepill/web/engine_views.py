"""What each engine shows: all pages of engines in the order of the bar."""

from __future__ import annotations

from onepill.web.brief_views import BRIEF
from onepill.web.deal_views import DEALS
from onepill.web.engine_view import Engine, View
from onepill.web.views_evidence import EVIDENCE
from onepill.web.views_landscape import LANDSCAPE
from onepill.web.views_value import VALUE
from onepill.web.views_world import POLICY, WORLD

__all__ = ["ENGINES", "Engine", "View"]
ENGINES = (BRIEF, WORLD, POLICY, LANDSCAPE, EVIDENCE, VALUE, DEALS)
