"""Sphinx settings of the course's site; `make site` copies this beside the pages and builds."""

import os

project = "Learning Delays"
author = "The Learning Delays authors"
project_copyright = "2026, The Learning Delays authors. MIT; text and figures also CC BY 4.0"
language = "en"
extensions = [
    "myst_nb",
    "sphinx_copybutton",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["**.ipynb_checkpoints"]

# The pages come with their outputs.
nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
suppress_warnings = [
    "myst.header",  # "### Predict" may come before the first "##"
    "ref.python",  # a word such as steps is the name of more than one thing
]
# The anchors that JupyterLab gives to headings, so that one link works in both.
myst_heading_slug_func = "tools.links.slug"

# The code's own words: every public name, its types as they stand in the code, and its source.
default_role = "py:obj"  # `delays.DelayLayer` in a docstring leads there
autodoc_member_order = "bysource"
autodoc_default_options = {
    "members": True,
    "show-inheritance": True,
    "exclude-members": "set",  # matplotlib writes one into every kind of picture
}
autodoc_typehints = "signature"
python_use_unqualified_type_names = True
napoleon_google_docstring = False
# A type is words, such as "tensor `(n, time)`, in steps": not each of them is a name.
napoleon_use_param = napoleon_use_rtype = False
napoleon_use_ivar = True

html_theme = "sphinx_book_theme"
html_title = "Learning Delays"
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_js_files = ["guesses.js"]
html_extra_path = ["extra"]
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system has it
html_show_search_summary = False  # a page opened from a file may not read another file
html_show_sourcelink = False
html_copy_source = False
# No page asks another host for anything: MathJax is one file of our own, drawing with SVG.
mathjax_path = "mathjax-tex-svg.js"
repository, branch = os.environ.get("REPO", ""), os.environ.get("BRANCH", "")
html_theme_options = {
    "navbar_persistent": [],  # the search stands in the sidebar already
    "use_download_button": False,  # each lesson offers a file that runs by itself
    "use_fullscreen_button": False,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "navigation_with_keys": True,
    "toc_title": "On this page",
    "use_repository_button": bool(repository),
    "repository_url": f"https://github.com/{repository}" if repository else "",
    "repository_branch": branch,
}
