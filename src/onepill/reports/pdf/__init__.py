"""How does the passport look as a document? A cover, the answer, the chapters and the sources, set by typst.

The document is made of the same views as the page, so that both say the same; the setting is `templates/passport.typ`.
"""

from onepill.reports.pdf.document import check_pdf, render_passport_pdf

__all__ = ["check_pdf", "render_passport_pdf"]
