"""Figures: a sentence for those who can't see them, units, sizes, and the numbers they show."""

import base64
import io
import math
import re
from types import SimpleNamespace

import matplotlib
import numpy as np
import pytest
import torch
from IPython.core.formatters import DisplayFormatter
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from course_utils import plots
from course_utils.drawings import lesson_1, lesson_3, lesson_5, lesson_6, lesson_7
from course_utils.stimuli import Stimulus, sample

RNG = np.random.default_rng(0)
SPIKES = sample(8, Stimulus(), torch.Generator().manual_seed(0))[1]
IPD = np.linspace(-89, 89, 200)
COUNTS = np.diag([30, 20, 25]) + np.eye(3, k=1) * 10 + np.eye(3, k=2) * 5


@plots.in_style
def pointer():
    figure, axes = plots.canvas("A dial.")
    plots.draw_pointer(axes, -30, 42)
    return figure


FIGURES = {
    "rasters": lambda: plots.rasters(SPIKES, [f"{k}°" for k in range(8)]),
    "one raster": lambda: plots.rasters(SPIKES[:1], ["0°"], two_ears=False, ylabel="neuron"),
    "five rasters": lambda: plots.rasters(list(SPIKES[:5]), list("abcde"), dt_ms=0.5, start_ms=50),
    "pointer": pointer,
    "history": lambda: plots.history(
        SimpleNamespace(
            loss=[2.4, 1.2, 0.6], validation_loss=[2.3, 1.3, 0.7],
            validation_error_deg=[40, 12, 4.5], chance_loss=2.485,
        )
    ),
    "confusion": lambda: lesson_5.confusion(torch.from_numpy(COUNTS)),
    "error_by_ipd": lambda: lesson_5.error_by_ipd(IPD, RNG.exponential(2, 200), bound_deg=1.04),
    "delay_histogram": lambda: lesson_5.delay_histogram(
        50 * RNG.random(100), torch.from_numpy(np.r_[np.zeros(20), 50 * RNG.random(80)]), 50
    ),
    "delay_paths": lambda: lesson_5.delay_paths(torch.rand(6, 40) * 50),
    "tuning_curves": lambda: lesson_5.tuning_curves(
        np.arange(-180, 180, 7.5), 80 * RNG.random((48, 30))
    ),
    "bars": lambda: plots.bars(
        ["ours", "theirs"], [1.3, 4.2], [(1.2, 1.4), (4.0, 4.4)], ylabel="error (degrees)",
        lines=[(45, "chance"), (1.04, "bound")], log=True,
    ),
    "plain bars": lambda: plots.bars(["a", "b", "c"], [10.0, 20, 30], ylabel="accuracy (%)"),
}  # fmt: skip
NO_UNIT = {
    "epoch",
    "fibre",
    "neuron",
    "hidden neuron",
    "hidden neuron (sorted)",
    "number of fibres",
}


@pytest.fixture(scope="module", params=FIGURES)
def drawn(request):
    """Each figure, drawn once, so that ticks and layout exist."""
    figure = FIGURES[request.param]()
    return figure, plots.png(figure)


def shown(figure):
    return [axes for axes in figure.axes if axes.get_visible() and axes.axison]


def said(figure):
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def test_every_figure_has_a_sentence(drawn):
    figure, _ = drawn
    assert isinstance(figure, Figure)
    sentence = plots.alt_text(figure)
    assert sentence.endswith(".") and "nan" not in sentence and sentence == figure.get_label()


def test_every_axis_has_a_label_and_its_unit(drawn):
    figure, _ = drawn
    for axes in shown(figure):
        grid = axes.get_subplotspec()
        # panels that share an axis carry its label once, on the outer edge
        names = [axes.get_xlabel()] if grid is None or grid.is_last_row() else []
        names += [axes.get_ylabel()] if grid is None or grid.is_first_col() else []
        named = [tick.get_text() for tick in axes.get_yticklabels()]
        for name in names:
            is_bars = name == "" and named and not named[0][-1:].isdigit()
            is_colorbar = name == "" and hasattr(axes, "_colorbar")
            assert name in NO_UNIT or name.endswith(")") or is_bars or is_colorbar, name
        if hasattr(axes, "_colorbar"):
            assert axes.get_ylabel().endswith(")")


def test_no_text_is_smaller_than_ten_points(drawn):
    figure, _ = drawn
    small = {text.get_text(): text.get_fontsize() for text in said(figure)}
    assert small and min(small.values()) >= 10, small


def test_all_text_lies_inside_the_figure(drawn):
    figure, _ = drawn
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    for axes in shown(figure):
        for text in (axes.title, axes.xaxis.label, axes.yaxis.label):
            if text.get_text():
                box = text.get_window_extent(renderer)
                assert box.x0 >= -1 and box.y0 >= -1, text.get_text()
                assert box.x1 <= figure.bbox.x1 + 1 and box.y1 <= figure.bbox.y1 + 1


def test_png_is_a_small_picture_with_a_palette(drawn):
    figure, data = drawn
    image = Image.open(io.BytesIO(data))
    assert image.format == "PNG" and image.mode == "P"
    width, height = figure.get_size_inches() * plots.DPI
    assert abs(image.width - width) <= 1 and abs(image.height - height) <= 1
    assert plots.DPI >= 1.5 * plots.SHOWN_DPI  # sharp on a dense screen, and no larger on the page
    assert plots.shown_width(data) == round(figure.get_figwidth() * 100)
    assert image.convert("L").getextrema()[0] < 100 < 200 < image.convert("L").getextrema()[1]
    assert len(data) < 100_000


def test_a_small_picture_shows_the_same(drawn, monkeypatch):
    _, data = drawn
    kind, code = plots.small(data).split(";base64,")
    image = Image.open(io.BytesIO(base64.b64decode(code)))
    assert kind == "data:image/webp" and image.format == "WEBP"
    both = (Image.open(io.BytesIO(data)), image)
    before, after = (np.asarray(each.convert("RGB"), float) for each in both)
    assert before.shape == after.shape and np.abs(before - after).mean() < 3  # of 255
    assert len(base64.b64decode(code)) < 0.9 * len(data)
    monkeypatch.setattr(plots.features, "check", lambda name: False)
    assert plots.small(data) == f"data:image/png;base64,{base64.b64encode(data).decode()}"


def test_the_same_figure_is_the_same_png():
    assert plots.png(FIGURES["bars"]()) == plots.png(FIGURES["bars"]())


@pytest.mark.parametrize("alt", ["", "  ", None, 3])
def test_a_figure_without_a_sentence_is_refused(alt):
    with pytest.raises(ValueError, match=f"alt must be a sentence .*not {alt!r}"):
        plots.canvas(alt)


def test_canvas_sets_size_and_panels():
    figure, axes = plots.canvas("Six panels.", 2, 3, width=5, height=4, sharex=True)
    assert axes.shape == (2, 3) and figure.get_size_inches().tolist() == [5, 4]
    assert plots.alt_text(figure) == "Six panels."


def marks(axes):
    return {
        line.get_color(): set(zip(*map(np.ndarray.tolist, line.get_data()), strict=True))
        for line in axes.lines
        if line.get_marker() == "|"
    }


def test_a_raster_marks_every_spike_at_its_time_and_fibre():
    spikes = torch.zeros(10, 4)
    for t, c in ((0, 0), (3, 1), (9, 2), (4, 3)):
        spikes[t, c] = 1
    figure = plots.rasters([spikes], ["a"], dt_ms=0.5, start_ms=50)
    axes = figure.axes[0]
    assert marks(axes) == {
        plots.LEFT: {(50, 0), (51.5, 1)},
        plots.RIGHT: {(54.5, 2), (52, 3)},
    }
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # fibre 0, of the left ear, on top
    figure = plots.rasters([spikes], ["a"], two_ears=False)
    assert marks(figure.axes[0]) == {"black": {(0, 0), (3, 1), (9, 2), (4, 3)}}
    assert "a: 4 of 4 rows fire" in plots.alt_text(figure)
    assert "ear" not in plots.alt_text(figure)


def test_the_alternative_text_of_a_tone_says_which_ear_leads():
    ipd = torch.deg2rad(torch.tensor([70.0, -70.0]))
    _, trains = sample(2, Stimulus(), torch.Generator().manual_seed(0), ipd=ipd)
    said = plots.alt_text(plots.rasters(trains, ["A", "B"], cycle_ms=50))
    assert "A: the right ear leads by 10 ms; B: the left ear leads by 10 ms." in said
    assert "leads" not in plots.alt_text(plots.rasters(trains, ["A", "B"]))


@pytest.mark.parametrize("ipd_deg", [-90, -45, 0, 20, 90])
def test_who_leads_is_read_from_the_spikes(ipd_deg):
    ipd = torch.full((1,), math.radians(ipd_deg))
    _, (spikes,) = sample(1, Stimulus(), torch.Generator().manual_seed(3), ipd=ipd)
    said = plots.lead(spikes, 50)
    if ipd_deg:
        side, lag_ms = re.fullmatch(r"the (\w+) ear leads by (\d+) ms", said).groups()
        assert side == ("right" if ipd_deg > 0 else "left")
        assert abs(int(lag_ms) - abs(ipd_deg) / 360 * 50) <= 1
    else:
        assert said == "neither ear leads by more than half a ms"
    shuffled = spikes[torch.randperm(150, generator=torch.Generator().manual_seed(0))]
    assert "spread over the cycle" in plots.lead(shuffled, 50)
    assert "spread over the cycle" in plots.lead(torch.zeros(150, 4), 50)


def test_without_ears_the_alternative_text_says_when_spikes_come():
    clicks, steady = torch.zeros(140, 10), torch.zeros(140, 10)
    clicks[40, :8] = clicks[55, :6] = 1
    steady[::2, 3] = 1
    figure = plots.rasters([clicks, steady, 0 * clicks], list("abc"), two_ears=False, start_ms=50)
    said = plots.alt_text(figure)
    assert "a: 8 of 10 rows fire, most at 90, 105 ms; b: 1 of 10 rows fire, at all times; " in said
    assert "c: 0 of 10 rows fire, silent." in said


def test_rasters_need_a_title_each():
    with pytest.raises(ValueError, match="shorter|longer"):
        plots.rasters(SPIKES[:2], ["only one"])


def test_an_empty_panel_is_not_shown():
    figure = FIGURES["five rasters"]()
    assert [axes.get_visible() for axes in figure.axes] == [True] * 5 + [False]
    # every column says what its axis is, under the lowest panel that it has
    assert [axes.get_xlabel() for axes in figure.axes[:5]] == [""] * 3 + ["time (ms)"] * 2
    numbered = [axes.xaxis.get_major_ticks()[0].label1.get_visible() for axes in figure.axes[:5]]
    assert numbered == [False, False, False, True, True]


@pytest.mark.parametrize("angle", [-90, 0, 30, 90])
def test_the_pointer_points(angle):
    figure, axes = plots.canvas("A dial.")
    plots.draw_pointer(axes, angle, angle)
    (ring,) = [line for line in axes.lines if line.get_marker() == "o"]
    x, y = (float(np.ravel(part)[0]) for part in ring.get_data())
    assert math.degrees(math.atan2(x, y)) == pytest.approx(angle, abs=1e-6)
    (arrow,) = [text for text in axes.texts if hasattr(text, "xyann")]
    assert math.degrees(math.atan2(*arrow.xy)) == pytest.approx(angle, abs=1e-6)
    assert arrow.xyann == (0, 0)


def test_without_an_answer_there_is_no_arrow():
    figure, axes = plots.canvas("A dial.")
    plots.draw_pointer(axes, 10)
    assert not [text for text in axes.texts if hasattr(text, "xyann")]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["sound"]


def test_history_shows_its_numbers():
    figure = FIGURES["history"]()
    left, right = figure.axes
    lines = {line.get_label(): list(line.get_ydata()) for line in left.lines}
    assert lines["training"] == [2.4, 1.2, 0.6] and lines["fresh sounds"] == [2.3, 1.3, 0.7]
    assert lines["chance, ln(classes)"] == [2.485, 2.485]
    assert list(right.lines[0].get_xydata().ravel()) == [1, 40, 2, 12, 3, 4.5]
    plots.png(figure)
    ticks = {tick.get_text() for tick in right.get_yticklabels()}
    assert {"5", "10", "20"} <= ticks


def test_confusion_is_in_percent_of_the_true_class():
    figure = FIGURES["confusion"]()
    image = np.asarray(figure.axes[0].images[0].get_array())
    np.testing.assert_allclose(image.sum(1), 100)
    np.testing.assert_allclose(image[0], [100 * 30 / 45, 100 * 10 / 45, 100 * 5 / 45])
    # of 100 sounds 75 are right and 95 at most one class away
    assert "75.0 percent" in plots.alt_text(figure) and "95.0 percent" in plots.alt_text(figure)
    assert lesson_5.confusion(np.diag([5, 0])).axes[0].images[0].get_array()[1].sum() == 0


def test_error_by_ipd_takes_the_mean_of_each_bin():
    ipd, error = [-80, -70, 10, 20, 25], [2.0, -4.0, 1, 1, 1]  # none from 30 to 90
    figure = lesson_5.error_by_ipd(ipd, error, bins=3, bound_deg=0.85)
    (bars,) = figure.axes[0].containers
    middle, mean = bars[0].get_data()
    assert list(middle) == [-60, 0] and list(mean) == [3, 1]
    (segments,) = (np.array(lines.get_segments()) for lines in bars[2])
    np.testing.assert_allclose(np.ptp(segments[0, :, 1]), 2 * 1.96 * 1 / math.sqrt(2))
    assert "1.0 to 3.0 degrees" in plots.alt_text(figure) and "-60" in plots.alt_text(figure)
    assert "0.85°" in "".join(text.get_text() for text in figure.axes[0].get_legend().get_texts())


def test_the_ends_of_the_range_have_a_bin():
    figure = lesson_5.error_by_ipd([-90, 90], [1.0, 2.0], bins=2)
    assert list(figure.axes[0].containers[0][0].get_ydata()) == [1, 2]


def test_delay_histogram_counts_every_fibre_and_those_at_a_bound():
    figure = lesson_5.delay_histogram([1.0, 2, 3, 4], [0.0, 2, 3, 8], 8, dt_ms=0.5)
    axes = figure.axes[0]
    before = sum(patch.get_height() for patch in axes.containers[0])
    assert before == 4 and axes.get_xlim()[1] >= 4
    assert "50 percent end at an end of the range" in plots.alt_text(figure)
    # 1, 0, 0 and 4 steps of half a ms
    assert "moved by 0.6 ms" in plots.alt_text(figure) and "0 and 4 ms" in plots.alt_text(figure)


def test_delay_paths_draw_the_left_ear_left():
    paths = torch.tensor([[0.0, 10, 20, 30], [2.0, 10, 20, 26]])
    figure = lesson_5.delay_paths(paths, dt_ms=0.5)
    drawn = [[line.get_ydata().tolist() for line in axes.lines] for axes in figure.axes]
    assert drawn == [[[0, 1], [5, 5]], [[10, 10], [15, 13]]]
    assert [axes.get_title() for axes in figure.axes] == ["left ear", "right ear"]
    assert "0.8 ms on average and 2.0 ms at most" in plots.alt_text(figure)


def test_tuning_curves_are_sorted_by_where_they_are_quiet():
    ipd = np.arange(-180, 180, 45)
    rates = np.full((8, 4), 60.0)
    rates[[6, 2, 4], [0, 1, 3]] = 0  # quiet at 90, -90 and 0 degrees
    rates[:, 2] = 0  # and silent everywhere
    figure = lesson_5.tuning_curves(ipd, rates)
    image = np.asarray(figure.axes[0].images[0].get_array())
    np.testing.assert_array_equal(image, rates.T[[1, 3, 0, 2]])
    assert "1 neurons stay silent, 3 are quietest within 90 degrees" in plots.alt_text(figure)
    assert "up to 60 Hz" in plots.alt_text(figure)
    assert [line.get_xdata()[0] for line in figure.axes[0].lines] == [-90, 90]


def listens(neuron):
    """Two neurons: silent, and one that fires most at +30 degrees."""
    ipd, grid = np.arange(-180, 180, 7.5), np.arange(-180, 180)
    rates, sums = (np.cos(np.deg2rad(x - 30))[:, None] * [0, 1] for x in (ipd, grid))
    profiles = np.stack([np.zeros((2, 51)), np.ones((2, 51))], axis=1)
    return lesson_5.listens(profiles, ipd, 40 + 40 * rates, grid, 9 * sums, neuron)


def test_what_a_neuron_listens_for_stands_beside_what_it_answers():
    said = plots.alt_text(listens(1))
    assert "highest at +30 and lowest at -150 degrees" in said
    assert "fires at 0 Hz near -150 degrees, and at up to 80 Hz" in said
    one, other = (listens(neuron) for neuron in (0, 1))
    for here, there in zip(one.axes, other.axes, strict=True):
        assert here.get_ylim() == there.get_ylim()  # so that a slider compares
    flat = np.zeros((2, 1, 51)), np.zeros(2), np.zeros((2, 1))
    silent = lesson_5.listens(flat[0], [-90, 90], flat[2], flat[1], flat[2], 0)
    assert all(low < high for low, high in (axes.get_ylim() for axes in silent.axes))


@pytest.mark.parametrize("values, top", [([[1.0, -3.0]], 3), ([[2.0, 1.0]], 2)])
def test_zero_lies_in_the_middle_of_the_colours_of_what_has_a_sign(values, top):
    _, axes = plots.canvas("Weights.")
    picture = plots.signed(axes, values, top)
    assert picture.get_clim() == (-top, top) and picture.get_cmap() is plots.SIGNED
    dotted = axes.lines[0].get_xydata().tolist()
    assert dotted == [[k, 0] for k, value in enumerate(values[0]) if value < 0]


def many(n):
    return {f"curve {k}": [(k, k, k)] * 2 for k in range(n)}


@pytest.mark.parametrize(
    ("draw", "sentence"),
    [
        (lambda: plots.lines([1, 2], many(8), "x", "y"), "curves .* at most 7 .* not 8"),
        (
            lambda: plots.lines([1, 2], many(1), "x", "y", levels=[(1, "a")] * 3),
            "levels .* at most 2 .* not 3",
        ),
        (lambda: plots.lines([1, 2], many(2), "x", "y", looks=[{}]), "curves .* at most 1 .*"),
        (lambda: plots.bars(["a"], [1], ylabel="y", lines=[(1, "b")] * 4), "lines .* at most 3"),
        (lambda: lesson_1.bound([1, 10], [3, 1], levels=[(1, "a")] * 3), "levels .* at most 2"),
        (
            lambda: lesson_3.paths([np.ones((3, 5))] * 2, ["a", "b"], 5),
            "starts .* at most 4 .* not 5",
        ),
        (
            lambda: lesson_6.gain_by_variety(
                [1] * 5, [(1, 0, 2)] * 5, [(h, "axonal") for h in range(5)]
            ),
            "kinds .* at most 4 .* not 5",
        ),
        (lambda: lesson_7.race([[1.0]] * 8, 30, 0, list("abcdefgh")), "rules .* at most 7"),
    ],
)
def test_what_cannot_be_told_apart_is_refused(draw, sentence):
    with pytest.raises(ValueError, match=sentence):
        draw()


def test_bars_show_values_intervals_and_lines_inside_the_axis():
    figure = plots.bars(
        ["a", "b"], [1.0, 2.0], [(0.5, 1.5), (1.0, 6.0)], ylabel="error (degrees)",
        lines=[(3.0, "bound")],
    )  # fmt: skip
    axes = figure.axes[0]
    assert [patch.get_width() for patch in axes.containers[0]] == [1, 2]
    assert [text.get_text() for text in axes.texts] == ["1.00", "2.00"]
    assert axes.get_xlim()[0] == 0 and axes.get_xlim()[1] > 6
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["a", "b"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first on top
    sentence = plots.alt_text(figure)
    assert "a: 1.00, b: 2.00" in sentence and "bound: 3.00" in sentence


def test_bars_on_a_logarithmic_axis_show_all_of_it():
    figure = FIGURES["bars"]()
    axes = figure.axes[0]
    assert axes.get_xscale() == "log"
    assert not axes.patches  # a bar would begin at a place that means nothing
    assert any(list(line.get_xdata()) == [1.3, 4.2] for line in axes.lines)
    assert plots.alt_text(figure).startswith("Dots, error (degrees): ours: 1.30")
    assert axes.get_xlim()[0] < 1.04 and axes.get_xlim()[1] > 45


def test_tensors_with_gradients_can_be_drawn():
    weights = torch.randn(3, 4, requires_grad=True)
    _, axes = plots.canvas("Weights.")
    np.testing.assert_array_equal(plots.signed(axes, weights, 1).get_array(), weights.detach())


def test_in_a_notebook_a_figure_shows_itself_with_its_sentence(monkeypatch):
    shown = []
    monkeypatch.setattr(plots, "display", lambda *what, **how: shown.append((what, how)))
    DisplayFormatter().format(FIGURES["plain bars"]())
    [((data,), how)] = shown
    assert how["raw"] and how["metadata"]["image/png"]["alt"] == data["text/plain"]
    assert data["text/plain"].startswith("Bars, accuracy (%): a: 10.00")
    assert base64.b64decode(data["image/png"]) == plots.png(FIGURES["plain bars"]())


READERS = {
    "axes.facecolor": "#002b36", "legend.frameon": True, "font.size": 23, "lines.linewidth": 9,
    "savefig.facecolor": "black", "xtick.direction": "in",
}  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
def test_no_setting_of_the_readers_shines_through(name):
    if name in ("error_by_ipd", "delay_histogram", "delay_paths", "tuning_curves", "matrix"):
        pytest.skip("its numbers are drawn anew each time")
    before = plots.png(FIGURES[name]())
    with matplotlib.rc_context(READERS):
        settings = dict(matplotlib.rcParams)
        assert plots.png(FIGURES[name]()) == before
        assert dict(matplotlib.rcParams) == settings  # and they are left as they were
