"""Pictures of a slideshow lie over the first one: each must look as if it stood alone."""

import io

import numpy as np
import pytest
from PIL import Image

from course_utils import plots
from course_utils.explore import pages, slider

WHOLE_PIXELS = "img{display:block;height:100px} div div{height:40px;overflow:hidden}"


def drawn(k):
    """A picture whose curve and title change with `k`, as PNG with its words."""
    figure, axes = plots.canvas(f"number {k}", height=2.0)
    axes.plot([0, k, 1])
    axes.set_title(f"number {k}")
    return plots.png(figure), f"number {k}"


@pytest.mark.parametrize("style", ["", "padding:7px", "padding:3px 9px;border:2px solid"])
def test_a_slide_looks_like_its_own_picture(style, browser, tmp_path):
    control = {"k": slider("k", 0, 3, 1, 0)}
    whole = {k: f'<img src="{plots.small(drawn(k)[0])}" width="400">' for k in range(4)}
    page = browser.new_page()

    def shot(body):
        (tmp_path / "page.html").write_text(
            f"<!doctype html><style>{WHOLE_PIXELS} img{{{style}}}</style><main>{body}</main>",
            encoding="utf-8",
        )
        page.goto((tmp_path / "page.html").as_uri())

    def pixels():
        return np.asarray(Image.open(io.BytesIO(page.locator("img").screenshot())).convert("L"))

    slides = pages.page(lambda values: drawn(values["k"]), control, 4).replace(
        f'width="{plots.shown_width(drawn(0)[0])}"', 'width="400"'
    )
    for k in range(4):
        shot(whole[k])
        wanted = pixels().astype(float)
        shot(slides)
        page.get_by_role("slider").fill(str(k))
        page.wait_for_timeout(50)
        # Where a soft edge is scaled, a little is left; a shift of 3 pixels makes 6 and more.
        assert np.abs(pixels() - wanted).mean() < 2, k
    page.close()
