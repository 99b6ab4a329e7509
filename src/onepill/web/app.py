"""The web application, made anew from the list of operations."""

from __future__ import annotations

from onepill.core.errors import MissingExtra
from onepill.web.settings import Settings

try:
    from fastapi import FastAPI
except ImportError:  # pragma: no cover - the everyday installation has it
    raise MissingExtra("the web needs fastapi: install onepill[web]") from None

from onepill import __version__
from onepill.web.accounts import Accounts
from onepill.web.api import DESCRIPTION, add_operations
from onepill.web.api_page import OPENAPI, add_api_page
from onepill.web.assets import add_assets
from onepill.web.deal_explain_pages import deal_explains
from onepill.web.engine_pages import engines
from onepill.web.errors import add_errors
from onepill.web.guard import Guard
from onepill.web.job_pages import jobs
from onepill.web.kept_deal_pages import kept_deals
from onepill.web.kept_pages import Pages
from onepill.web.method_pages import methods
from onepill.web.number_pages import numbers
from onepill.web.programme_pages import pages
from onepill.web.saving_pages import saving
from onepill.web.serving import settle_process
from onepill.web.sign_in import add_sign_in
from onepill.web.watch_pages import watches


def create_app(settings: Settings | None = None) -> FastAPI:
    """An application whose answers depend on the question and the workspace alone; what it keeps only saves work."""
    settle_process()
    told = settings or Settings.left()
    app = FastAPI(
        title="onepill",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,  # those pages load from elsewhere: ours is at /api
        redoc_url=None,
        openapi_url=OPENAPI,
    )
    app.state.pages = Pages()
    add_operations(app)
    add_api_page(app)
    add_assets(app)
    app.include_router(saving)
    app.include_router(kept_deals)
    app.include_router(jobs)
    app.include_router(pages)
    app.include_router(watches)
    app.include_router(deal_explains)
    app.include_router(numbers)
    app.include_router(methods)
    app.include_router(engines)
    add_sign_in(app, told)
    add_errors(app)
    app.add_middleware(Accounts, settings=told)
    app.add_middleware(Guard, settings=told)
    return app
