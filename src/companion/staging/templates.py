"""HTML from templates, where everything that is put in is text unless it says that it is HTML.

A template lies in the folder ``html`` of the room that fills it. What comes back is :class:`~markupsafe.Markup`: put
into another template it stays HTML. Fragments are read by Markdown, where a blank line ends a block of HTML.
"""

from importlib.resources import files
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from companion.staging import markup

_TEMPLATES = Environment(
    loader=FileSystemLoader(str(files("companion"))),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    auto_reload=False,
)
_TEMPLATES.globals |= {"badge": markup.badge, "totals": markup.totals, "FAILED_BADGE": markup.FAILED_BADGE}
_TEMPLATES.filters |= {
    "inline": markup.inline_html,
    "markdown": Markup,  # what Markdown will read goes in as it is
    "whose": markup.WHOSE.__getitem__,
    "css_name": markup.css_name,
    "one_line": lambda text: Markup(Markup.escape(text).replace("\n", Markup("&#10;"))),
}


def fill(template: str, **values: Any) -> Markup:
    """A template, such as ``staging/html/card.html``, with ``values`` put in.

    Raises:
        jinja2.UndefinedError: If the template names a value that was not given.
    """
    return Markup(_TEMPLATES.get_template(template).render(values))
