"""Sphinx settings of the slides; `make slides` copies this beside the pages and builds."""

from sphinx.writers.html5 import HTML5Translator
from sphinx_revealjs.writers import RevealjsSlideTranslator

project = "Learning Delays"
author = "The Learning Delays authors"
language = "en"
extensions = ["myst_nb", "sphinx_revealjs"]

# The pages come with their outputs.
nb_execution_mode = "off"
nb_merge_streams = True
# For the site these come by themselves; here as there, what moves comes before its still picture.
nb_mime_priority_overrides = [
    ("revealjs", kind, place)
    for place, kind in enumerate(("text/html", "image/png", "text/latex", "text/plain"))
]
myst_enable_extensions = ["dollarmath"]
suppress_warnings = ["myst.header"]  # "### Predict" may come before the first "##"

revealjs_static_path = ["_static"]
revealjs_style_theme = "white"
revealjs_css_files = ["course.css", "slides.css"]
revealjs_js_files = ["guesses.js"]
# In this order: slides.js asks reveal.js to wait until each slide fits.
revealjs_script_files = ["slides.js"]
revealjs_script_conf = {
    "width": 1280,
    "height": 720,
    "margin": 0,
    "center": False,
    "hash": True,
    "slideNumber": "c/t",
    "navigationMode": "linear",  # one key leads through all of them
    "transition": "none",
    "scrollActivationWidth": None,
}
revealjs_script_plugins = [{"name": "RevealNotes", "src": "revealjs/plugin/notes/notes.js"}]
pygments_style = "a11y-high-contrast-light"  # as the site has it
html_copy_source = False
# No slide asks another host for anything: MathJax is one file of our own, drawing with SVG.
mathjax_path = "mathjax-tex-svg.js"


class Translator(RevealjsSlideTranslator):
    """Code in colours that Sphinx gives it, as on the site: no script has to do it again."""

    visit_literal_block = HTML5Translator.visit_literal_block
    depart_literal_block = HTML5Translator.depart_literal_block


def setup(app):
    app.set_translator("revealjs", Translator)
