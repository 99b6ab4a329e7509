"""Where a number of the pages of deals comes from: the address asks the page's question again."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from onepill.web.asking import ask, is_long
from onepill.web.deal_explain_view import compared_words, deal_words, return_words
from onepill.web.deal_views import DEALS
from onepill.web.engine_questions import Question, params_of, question_of
from onepill.web.engine_view import View
from onepill.web.explain_view import chain_view
from onepill.web.kept_pages import KeptPage
from onepill.web.layout import page
from onepill.web.path_words import PathWords
from onepill.web.speaking import speaking

Row = dict[str, Any]
deal_explains = APIRouter(include_in_schema=False, default_response_class=Response, route_class=KeptPage)


def _add(view: View) -> None:
    async def explain(request: Request, path: str) -> Response:
        return await _explained(request, view, path)

    deal_explains.add_api_route(f"/deals/{view.id}/explain/{{path:path}}", explain, methods=["GET"])


async def _explained(request: Request, view: View, path: str) -> Response:
    """The chain of a number; to the page itself where nothing was asked, or its answer is a job's."""
    asked, at = speaking(request), f"/{DEALS.id}/{view.id}"
    question = await question_of(request, view, await params_of(request))
    if not question.is_asked or await is_long(request, view.operation, **question.fields):
        return RedirectResponse(asked.link(at), 303)
    answer = await ask(request, view.operation, **question.fields)
    chain = await ask(request, "explain", passport=answer, path=path)
    programme = await ask(request, "programmes show", id=question.programme)
    words = _words(PathWords(programme["titles"], asked), question, answer)
    address = f"{at}/explain"
    found = chain_view(chain, words, link=lambda one: asked.link(f"{address}/{quote(one, safe='.')}"), document=answer)
    about = {"title": answer.get("deal_title") or asked.words(f"view.deals.{view.id}")}
    return page(request, "deal_explain.html.j2", e={**found, "back": asked.link(at)}, d=about, here="deals")


def _words(words: PathWords, question: Question, answer: Row) -> PathWords:
    """The words of the deals of an answer; terms that were typed have the titles of their flows alone."""
    kept = {row["deal"]: row for row in question.deals}
    shown = [kept.get(row["deal"], {"terms": []}) for row in answer.get("deals", [answer])]
    if "deals" in answer:
        return compared_words(words, list(zip(shown, answer["deals"], strict=True)))
    if "risk" in answer:
        return return_words(words, shown[0], answer)
    return deal_words(words, shown[0], answer if "deal_title" in answer else None)


for _view in DEALS.views:
    if _view.explains:
        _add(_view)
