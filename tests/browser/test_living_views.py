"""Living views in a browser: they follow every hand, and compute what the course computes."""

import copy
import math
import re

import pytest
import torch
from watching import axe_findings, settle, watch

from course_utils import observer
from course_utils.delay_optimizer import DelayOptimizer, SigmaSchedule
from course_utils.delays import (
    Bell,
    DelayLayer,
    Interpolate,
    Round,
    shift_by_grid_sample,
    shift_then_clip,
)  # fmt: skip
from course_utils.drawings import lesson_0 as drawings
from course_utils.explore import living
from course_utils.network import Localiser
from course_utils.neurons import lif, surrogate_slope
from course_utils.stimuli import Classes, Stimulus, sample
from course_utils.training import fit

STIMULUS = Stimulus()
PHONE = {"width": 390, "height": 844}
VIEWS = ("network", "meetings", "information", "slopes", "neuron", "race")
LONGEST, FROM = 25, 50
EVERY_VIEW = pytest.mark.parametrize("name", VIEWS)


@pytest.fixture(scope="session")
def networks():
    """A network that learned a little, and its twin that did not."""
    generator = torch.Generator().manual_seed(0)
    network = Localiser(STIMULUS, Classes(12), hidden=30, generator=generator)
    untrained = copy.deepcopy(network)
    fit(network, generator, epochs=1, steps_per_epoch=16, validation_samples=64, progress=False)
    return {"trained": network, "untrained": untrained}


@pytest.fixture(scope="session")
def sounds():
    return sample(4, STIMULUS, torch.Generator().manual_seed(5))[1]


@pytest.fixture(scope="session")
def views(networks, sounds):
    """The HTML of each view."""
    ears = sounds[0].unflatten(1, (2, -1)).sum(2)
    picture = drawings.scene(sounds[0], 40, 38)
    return {
        "network": living.view("network", picture, ipd_deg=40, **networks),
        "meetings": living.view(
            "meetings", picture, left=ears[:, 0], right=ears[:, 1], longest_ms=LONGEST, from_ms=FROM
        ),
        "information": living.view(
            "information", picture, stimulus=STIMULUS, ipd_deg=40, phase_deg=100, listens=True
        ),
        "slopes": living.view(
            "slopes", picture, train=fibre(3), goal=GOAL, max_delay=MAX_DELAY, delay=20, sigma=5.0
        ),
        "neuron": living.view(
            "neuron", picture, noise=noise(), current=0.12, tau_ms=10, asked_ms=40
        ),
        "race": living.view(
            "race", picture, train=fibre(), goal=GOAL, max_delay=MAX_DELAY, starts=STARTS, start=8,
            prototype=prototype_slopes(), rate=0.3, updates=300,
        ),
    }  # fmt: skip


GOAL, MAX_DELAY, STARTS = 30, 50, torch.linspace(0, 50, 31)


def noise():
    """A noisy current, in single precision, as it travels."""
    return 0.1 * torch.randn(60, generator=torch.Generator().manual_seed(1))


def fibre(seed=0):
    """A train of five spikes, as in lesson 7; with seed 3, as in lesson 3."""
    train = torch.zeros(200)
    train[50 + torch.randperm(100, generator=torch.Generator().manual_seed(seed))[:5]] = 1
    return train


def missed(shifted, dtype=torch.float64):
    """The loss of lesson 7: how much of the target a copy does not meet."""
    train = fibre().to(dtype)[None, :, None]
    return -(shifted * shift_then_clip(train, torch.tensor([GOAL], dtype=dtype), MAX_DELAY)).sum()


def prototype_slopes():
    """The slope through `grid_sample` at each whole delay; it hangs on rounding noise."""
    every = torch.arange(MAX_DELAY + 1.0, dtype=torch.float64, requires_grad=True)
    trains = fibre().double()[None, :, None].expand(1, -1, MAX_DELAY + 1)
    missed(shift_by_grid_sample(trains, every, MAX_DELAY)).backward()
    return every.grad


STYLE = (
    "body{color:#222;margin:8px}@media(prefers-color-scheme:dark){body{background:#111;color:#eee}}"
)


def page_of(body):
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><main><h1>A page</h1>{body}</main></body></html>"
    )


@pytest.fixture
def opened(browser, tmp_path):
    """Open a page with this body in a window of its own; at the end it had no trouble."""
    contexts, all_troubles = [], []

    def open_page(body, **settings):
        path = tmp_path / "page.html"
        path.write_text(page_of(body), encoding="utf-8")
        contexts.append(
            browser.new_context(**{"viewport": {"width": 1000, "height": 900}} | settings)
        )
        page, troubles = watch(contexts[-1])
        all_troubles.append(troubles)
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert all_troubles == [[]] * len(all_troubles)


def still(**settings):
    """Settings of a window in which nothing moves by itself."""
    return {"reduced_motion": "reduce", **settings}


def call(page, expression, argument=None):
    """Evaluate an expression of `view`, the first view's own functions, and `given`."""
    script = (
        f"given => {{ const view = document.querySelector('.live').view; return {expression} }}"
    )
    return page.evaluate(script, argument)


# The same mathematics as the course


def of_course(network, sound, delays):
    """What the course computes in double precision: potentials, spikes, logits, degrees."""
    network = copy.deepcopy(network).double()
    with torch.no_grad():
        network.delay.delays.copy_(torch.tensor(delays))
        current = network.delay.then_linear(sound[None].double(), network.w_hidden)
        spikes, potential = lif(current, network.tau_ms, return_potential=True)
        logits = network(sound[None].double())
        return potential[0], spikes[0], logits[0], math.degrees(network.decode(logits))


@pytest.mark.parametrize("kind", ["trained", "untrained", "shuffled", "none"])
def test_the_network_computes_what_the_course_does(kind, opened, views, networks, sounds):
    page = opened(views["network"], **still())
    delays = call(page, "Array.from(view.networks[given].delays)", kind)
    network = networks["untrained" if kind == "untrained" else "trained"]
    learned = network.delay.delays.tolist()
    if kind == "shuffled":
        assert sorted(delays) == sorted(learned) and delays != learned
    else:
        assert delays == ([0] * 200 if kind == "none" else learned)
    fired = 0
    for sound in sounds:
        potential, spikes, logits, degrees = of_course(network, sound, delays)
        run = "view.forward(view.networks[given[0]], Uint8Array.from(given[1]))"
        wanted = "[Array.from(r.potential), Array.from(r.hidden), Array.from(r.logits), r.degrees]"
        ours = call(page, f"(r => {wanted})({run})", [kind, sound.flatten().int().tolist()])
        ours = [torch.tensor(numbers, dtype=torch.float64) for numbers in ours]
        course = [potential.flatten(), spikes.flatten(), logits, torch.tensor(degrees)]
        off = [float((a - b).abs().max()) for a, b in zip(ours, course, strict=True)]
        print(off)  # and not their thousands of numbers, should it fail
        assert max(off) < 1e-5, off
        fired += int(spikes.sum())
    assert fired > 0 or kind == "untrained"


def test_its_spikes_are_those_of_the_stimulus(opened, views):
    page = opened(views["network"], **still())
    ipd, cycles = 0.7, 80
    found = call(page, "Array.from(view.hear(view.sound, ...given))", [ipd, 0, 50 * cycles])
    counts = torch.tensor(found).view(cycles, 50, 2, 100).sum((0, 3)).double()
    chance = STIMULUS.firing_probability(STIMULUS.phases(ipd, 0.0))[0, :50]
    draws = cycles * 100
    spread = (draws * chance * (1 - chance)).sqrt().clamp(min=1)
    assert ((counts - draws * chance) / spread).abs().max() < 5
    luck = call(page, "[...Array(40000).keys()].map(k => view.luck(k % 200, Math.floor(k / 200)))")
    luck = torch.tensor(luck).view(200, 200) - 0.5
    for neighbours in (luck[1:] * luck[:-1], luck[:, 1:] * luck[:, :-1]):
        assert abs(neighbours.mean()) * 12 * math.sqrt(neighbours.numel()) < 5


def test_meetings_are_counted_as_in_lesson_0(opened, views, sounds):
    page = opened(views["meetings"], **still())
    left, right = sounds[0, :, :100].sum(1), sounds[0, :, 100:].sum(1)
    for wait in range(LONGEST + 1):
        wanted = int((left[FROM:] * right[FROM - wait : 150 - wait]).sum())
        assert call(page, f"view.meet(view.left, view.right, {wait}, {FROM})") == wanted


SETTINGS = [
    {},
    {"rate_max_hz": 1000, "envelope_power": 8},
    {"rate_max_hz": 100, "envelope_power": 1},
]


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_observer_hears_what_the_courses_does(settings, opened, views):
    page = opened(views["information"], **still())
    for label, value in zip(("rate", "envelope power"), settings.values(), strict=False):
        page.get_by_label(label).select_option(str(value))
    stimulus = Stimulus(**settings)
    ipd, phase = math.radians(40), math.radians(100)
    heard = call(page, "(h => [h.phases, h.chances, h.told])(view.heard())")
    (phases,) = stimulus.phases(ipd, phase)
    course = (
        phases,
        stimulus.firing_probability(phases),
        observer.phase_information(stimulus, phases),
    )
    for ours, wanted in zip(heard, course, strict=True):
        assert (torch.tensor(ours, dtype=torch.float64).T - wanted).abs().max() < 1e-5
    told = [100 * float(ear.sum()) for ear in course[2].T]
    assert call(page, "view.bound(...given)", told) == pytest.approx(
        observer.cramer_rao(stimulus), rel=1e-3  # which is the mean over all phases and IPDs
    )  # fmt: skip
    # The same counts in: the same log likelihood of each phase, and the same answer.
    for steps in (150, 60):
        found = call(page, LISTEN, steps)
        counts, scores, answer = (torch.tensor(x, dtype=torch.float64) for x in found)
        spikes = torch.zeros(1, steps, 200, dtype=torch.bool)
        for ear in (0, 1):
            fired = torch.arange(100) < counts[ear, :steps, None]
            spikes[0, :, 100 * ear : 100 * (ear + 1)] = fired
        grid = torch.arange(720, dtype=torch.float64) * 2 * math.pi / 720
        chance = stimulus.firing_probability(stimulus.phases(0.0, grid)[:, :steps, 0])
        chance = chance.clamp(1e-12, 1 - 1e-12)
        wanted = (
            counts[:, :steps] @ chance.log().T + (100 - counts[:, :steps]) @ (1 - chance).log().T
        )
        assert ((scores - wanted).abs() / wanted.abs().clamp(min=1)).max() < 1e-9
        likeliest = observer.maximum_likelihood(spikes, stimulus).rad2deg()
        assert answer == pytest.approx(float(likeliest), abs=1e-4)  # it comes in single precision


LISTEN = """(h => {
  const scores = h.counts.map(ear => view.score(h.table, ear, h.count, given));
  return [h.counts, scores.map(one => Array.from(one)), view.likeliest(...scores).ipd];
})(view.heard())"""


def test_the_observers_spikes_are_those_of_the_stimulus(opened, views):
    page = opened(views["information"], **still())
    chances, counts = call(page, "[view.heard().chances, view.heard().counts]")
    chance, count = (torch.tensor(x, dtype=torch.float64) for x in (chances, counts))
    spread = (100 * chance * (1 - chance)).sqrt().clamp(min=1)
    assert ((count - 100 * chance) / spread).abs().max() < 5
    assert count.sum() > 5000


RULES = {"linear": Interpolate(), "round": Round(), "bell": Bell(1.0)}


@pytest.mark.parametrize("sigma", [0.5, 2.0, 5.0, 12.0])
@pytest.mark.parametrize("rule", RULES)
def test_loss_and_slope_are_those_of_the_courses_rules(rule, sigma, opened, views):
    page = opened(views["slopes"], **still())
    at = [0, 0.1, 0.5, 1, 1.5, 10, 20.3, 20.5, 21.5, 28, 29, 29.5, 30, 31, 37.25, 49, 49.9, 50]
    both = "(({loss, slope}) => [loss, slope])(view.rules[given[1]](view.met, d, given[2]))"
    run = f"given[0].map(d => {both})"
    ours = torch.tensor(call(page, run, [at, rule, sigma]), dtype=torch.float64)
    train = fibre(3).double()[None, :, None]
    wanted = shift_then_clip(train, torch.tensor([float(GOAL)]).double(), MAX_DELAY)
    estimator = Bell(sigma) if rule == "bell" else RULES[rule]
    layer = DelayLayer(len(at), max_delay=MAX_DELAY, estimator=estimator, init=torch.tensor(at))
    layer = layer.double()
    with torch.no_grad():
        layer.delays.copy_(torch.tensor(at, dtype=torch.float64))
    missed = 1 - (layer(train.expand(-1, -1, len(at))) * wanted).sum((0, 1)) / wanted.sum()
    missed.sum().backward()
    assert (ours[:, 0] - missed.detach()).abs().max() < 1e-5
    assert (ours[:, 1] - layer.delays.grad).abs().max() < 1e-5
    assert ours[:, 1].abs().max() > 0


def test_the_balls_roll_down_and_rest(opened, views):
    page = opened(views["slopes"], **still())
    for start in (0, 10, 20.5, 28, 50):
        page.get_by_role("slider").first.fill(str(start))
        for path, rule in zip(call(page, "view.roll()"), ("linear", "round", "bell"), strict=True):
            loss = call(
                page, "given[0].map(d => view.rules[given[1]](view.met, d, 5).loss)", [path, rule]
            )
            assert path[0] == start and all(
                b <= a + 1e-9 for a, b in zip(loss, loss[1:], strict=False)
            )
            assert all(0 <= d <= MAX_DELAY for d in path)
    assert len(path) > 1  # the widest rule finds its way from the end


@pytest.mark.parametrize("reset", ["detached", "attached"])
@pytest.mark.parametrize(
    ("tau", "current", "threshold", "steepness"),
    [(10, 0.12, 1.0, 5), (2, 0.5, 0.6, 25), (30, 0.05, 0.9, 1), (5, 0.0, 0.5, 13)],
)
def test_a_neuron_fires_and_looks_back_as_the_courses_does(
    reset, tau, current, threshold, steepness, opened, views
):
    page = opened(views["neuron"], **still())
    flow = (noise().double() + current).expand(60, 60)[..., None].clone().requires_grad_()
    settings = dict(threshold=threshold, slope=steepness, detach_reset=reset == "detached")
    spikes, potential = lif(flow, tau, return_potential=True, **settings)
    spikes[:, :, 0].diagonal().sum().backward()  # copy t is asked about step t only
    ran = "view.run(Float64Array.from(view.noise, x => x + given[0]), given[1], given[2])"
    backs = "given[5].map(t => Array.from(view.lookBack(r, t, ...given.slice(1, 5))))"
    ours = call(
        page, f"(r => [Array.from(r.potential), Array.from(r.spikes), {backs}])({ran})",
        [current, math.exp(-1 / tau), threshold, steepness, reset == "attached", list(range(60))],
    )  # fmt: skip
    ours = [torch.tensor(numbers, dtype=torch.float64) for numbers in ours]
    course = [potential[0, :, 0], spikes[0, :, 0], flow.grad[..., 0]]
    off = [float((a - b).detach().abs().max()) for a, b in zip(ours, course, strict=True)]
    assert max(off) < 1e-5, off
    assert flow.grad.abs().max() > 0.1 and (spikes.sum() > 0 or current == 0)
    u = torch.linspace(-2, 2, 41, dtype=torch.float64)
    lent = call(page, f"given.map(u => view.lent(u, {steepness}))", u.tolist())
    assert (torch.tensor(lent) - surrogate_slope(u, "sigmoid", steepness)).abs().max() < 1e-5


NAMES = {
    name.replace("_", " "): name
    for name in ("linear", "straight_through", "prototype", "gaussian", "triangle")
}


def paths(rule, starts, updates, dtype=torch.float64):
    """Where the course's delays are after each update, `(updates + 1, copies)`."""
    layer = DelayLayer(len(starts), MAX_DELAY, rule, starts.to(dtype))
    optimiser, places = DelayOptimizer([layer.delays], MAX_DELAY, lr=0.3), [starts.to(dtype)]
    spreads = rule in ("gaussian", "triangle")
    shrink = SigmaSchedule(layer, updates // 2) if spreads else None
    trains = fibre().to(dtype)[None, :, None].expand(1, -1, len(starts))
    for _ in range(updates):
        optimiser.zero_grad()
        missed(layer(trains), dtype).backward()
        optimiser.step()
        if shrink:
            shrink.step()
        places.append(layer.delays.detach().clone())
    return torch.stack(places)


@pytest.mark.parametrize("rule", NAMES)
def test_a_delay_takes_the_path_that_the_courses_does(rule, opened, views):
    page = opened(views["race"], **still())
    starts = torch.cat([STARTS, torch.tensor([0.5, 7.5, 8.0, 29.0, 30.5])]).double()
    race = {"max_delay": MAX_DELAY, "rate": 0.3, "updates": 300}
    run = "given[1].map(start => view.learn(given[0], start, view.met, view.noise, given[2]))"
    ours = torch.tensor(call(page, run, [rule, starts.tolist(), race]), dtype=torch.float64).T
    course = paths(NAMES[rule], starts, 300)
    off = float((ours - course).abs().max())
    assert off < 1e-5
    assert float((course[-1] - course[0]).abs().max()) > 0.5
    shown = torch.tensor(call(page, "view.copies")[list(NAMES).index(rule)]).T
    assert float((shown - course[:, : len(STARTS)]).abs().max()) < 1e-5


# Every hand


def said(page):
    return page.locator(".live-said").first.text_content()


def where(page):
    return float(page.locator(".live input[type=range]").first.input_value())


@EVERY_VIEW
def test_it_follows_the_keyboard_and_tells_a_screen_reader(name, opened, views):
    page = opened(views[name], **still())
    field = page.get_by_role("slider").first
    before = where(page), said(page), picture(page)
    field.press("ArrowRight")
    after = where(page), said(page), picture(page)
    step = 0.1 if name == "slopes" else 1
    assert after[0] == pytest.approx(before[0] + step)
    assert after[1] != before[1] and after[2] != before[2]
    shown = {"meetings": "1 ms", "slopes": "20.1 steps", "neuron": "41 ms", "race": "9 steps"}
    shown = shown.get(name, "+41°")
    assert field.get_attribute("aria-valuetext") == shown
    assert page.locator(".live-shown").first.text_content() == shown
    page.wait_for_function("document.querySelector('[role=status]').textContent")
    assert page.get_by_role("status").text_content() == said(page)
    field.press("Home")
    assert where(page) == {"network": -90, "information": -90}.get(name, 0)
    first = {"meetings": "0 ms", "slopes": "0.0 steps", "neuron": "At 0 ms", "race": "from 0:"}
    assert first.get(name, "−90°") in said(page)


def picture(page):
    return page.evaluate("[...document.querySelectorAll('.live canvas')].map(c => c.toDataURL())")


# Of a canvas: a place as shares of its width and height, and where the slider is then.
PLACES = {
    "network": [(1, (0.04, 0.86), -90), (1, (0.5, 0.1), 0), (1, (0.96, 0.86), 90)],
    "meetings": [(1, (0.97, 0.5), 25), (1, (0.05, 0.5), 0), (0, (0.8, 0.15), 25)],
    "information": [(1, (0.03, 0.5), -90), (1, (0.5, 0.5), 80), (1, (0.53, 0.5), 90)],
    "slopes": [(0, (0.01, 0.5), 0), (0, (0.5, 0.2), 25), (0, (0.99, 0.8), 50)],
    "neuron": [(0, (0.99, 0.5), 59), (0, (0.5, 0.3), 30), (0, (0.01, 0.8), 0)],
    "race": [(0, (0.99, 0.2), 50), (0, (0.5, 0.9), 25), (0, (0.02, 0.5), 0)],
}


@EVERY_VIEW
def test_it_follows_the_mouse_while_it_drags(name, opened, views):
    page = opened(views[name], **still())
    for canvas, (x, y), wanted in PLACES[name]:
        box = page.locator(".live canvas").nth(canvas).bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
        assert where(page) == pytest.approx(wanted, abs=2)  # before it is let go
        page.mouse.up()
        kept = where(page)
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        assert where(page) == kept


@EVERY_VIEW
def test_it_fits_a_phone_and_follows_a_finger(name, opened, views):
    page = opened(views[name], **still(viewport=PHONE, has_touch=True, is_mobile=True))
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    for canvas, (x, y), wanted in PLACES[name]:
        one = page.locator(".live canvas").nth(canvas)
        one.scroll_into_view_if_needed()
        box = one.bounding_box()
        page.touchscreen.tap(box["x"] + x * box["width"], box["y"] + y * box["height"])
        assert where(page) == pytest.approx(wanted, abs=3)


def test_each_switch_changes_the_answer_and_a_deaf_ear_sends_nothing(opened, views):
    page = opened(views["network"], **still())
    network, ears = page.get_by_label("network"), page.get_by_label("ears")
    answers = {}
    for kind in ("trained", "untrained", "shuffled", "none"):
        network.select_option(kind)
        answers[kind] = call(page, "view.answer().degrees")
    assert len(set(answers.values())) == 4
    network.select_option("trained")
    assert call(page, "view.answer().degrees") == answers["trained"]
    for ear in ("left", "right"):
        ears.select_option(ear)
        left, right = call(page, "[0, 1].map(e => view.heard().filter((s, k) => "
                                 "Math.floor((k % 200) / 100) === e && s).length)")  # fmt: skip
        assert (left == 0, right == 0) == (ear == "left", ear == "right")
    ears.select_option("both")
    assert call(page, "view.answer().degrees") == answers["trained"]


# The second slider of a view, and two places on a canvas that move it.
SECOND = {
    "information": (0, [(0.05, 0), (0.99, 150)]),
    "slopes": (1, [(0.41, 0.5), (0.6, 10)]),
}


@pytest.mark.parametrize("name", SECOND)
def test_time_and_sigma_follow_the_mouse_too(name, opened, views):
    page = opened(views[name], **still())
    canvas, places = SECOND[name]
    slider = page.get_by_role("slider").nth(1)
    for x, wanted in places:
        one = page.locator(".live canvas").nth(canvas)
        one.scroll_into_view_if_needed()
        before, box = picture(page), one.bounding_box()
        page.mouse.click(box["x"] + x * box["width"], box["y"] + box["height"] / 2)
        assert float(slider.input_value()) == pytest.approx(wanted, abs=1.5)
        assert picture(page) != before
    slider.press("ArrowLeft")
    page.wait_for_function(
        "said => document.querySelector('[role=status]').textContent === said", arg=said(page)
    )


def test_each_switch_of_the_observer_changes_what_is_heard(opened, views):
    page = opened(views["information"], **still())
    seen = [said(page)]
    switches = {"fibres per ear": "1", "envelope power": "8", "rate at the peak": "100"}
    for label, value in switches.items():
        page.get_by_label(label).select_option(value)
        seen.append(said(page))
    assert len(set(seen)) == 4
    page.get_by_role("slider").nth(1).press("Home")  # nothing is heard yet
    assert said(page).endswith("After 0 ms and 0 spikes nothing is more likely than the rest.")


def test_without_an_observer_it_shows_the_chain_and_the_bound(opened):
    data = dict(stimulus=STIMULUS, ipd_deg=40, phase_deg=0, listens=False)
    page = opened(living.view("information", drawings.meetings([1, 2]), **data), **still())
    assert page.locator(".live canvas").count() == 1
    best = observer.cramer_rao(STIMULUS)
    assert said(page) == (
        "IPD +40°: the right ear leads by 5.6 ms. "
        f"Whoever hears all 150 ms: mean error at best {best:.2f}°."
    )
    page.get_by_role("slider").first.fill("0")
    assert said(page).startswith("IPD 0°: neither ear leads.")
    page.get_by_role("slider").first.fill("-90")
    assert said(page).startswith("IPD −90°: the left ear leads by 12.5 ms.")


def test_the_places_tried_are_remembered_and_the_best_is_named(opened, views, sounds):
    page = opened(views["meetings"], **still())
    left, right = sounds[0, :, :100].sum(1), sounds[0, :, 100:].sum(1)
    counts = [int((left[FROM:] * right[FROM - w : 150 - w]).sum()) for w in range(LONGEST + 1)]
    for tried in range(1, LONGEST + 1):
        page.get_by_role("slider").press("ArrowRight")
        best = max(range(tried + 1), key=counts.__getitem__)
        scope = "Of all waits" if tried == LONGEST else "Of those you tried"
        assert said(page) == (
            f"The right ear waits {tried} ms: {counts[tried]:,} meetings. "
            f"{scope}, most meet at {best} ms."
        )


# Time


@EVERY_VIEW
def test_it_runs_pauses_steps_and_waits_until_it_is_seen(name, opened, views):
    page = opened(f"{views[name]}<div style='height:3000px'></div>")
    page.wait_for_function("document.querySelector('.live').view.clock.frames > 3")
    page.get_by_role("button", name="Pause").click()
    paused = call(page, "view.clock.frames"), picture(page)
    page.wait_for_timeout(200)
    assert (call(page, "view.clock.frames"), picture(page)) == paused
    page.get_by_role("button", name="One step").click()
    assert picture(page) != paused[1]
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(
        "n => document.querySelector('.live').view.clock.frames > n", arg=paused[0]
    )
    page.evaluate("scrollTo(0, 2500)")
    page.wait_for_timeout(300)
    unseen = call(page, "view.clock.frames")
    page.wait_for_timeout(200)
    assert call(page, "view.clock.frames") == unseen


@EVERY_VIEW
def test_who_asked_for_less_motion_gets_steps(name, opened, views):
    page = opened(views[name], **still())
    page.wait_for_timeout(300)
    assert call(page, "view.clock.frames") == 0
    assert page.get_by_role("button", name="Play").is_visible()
    before = picture(page)
    page.get_by_role("button", name="One step").click()
    assert picture(page) != before and call(page, "view.clock.frames") == 0


# Wherever it stands


@pytest.mark.parametrize("theme", ["light", "dark"])
@EVERY_VIEW
def test_it_wears_the_pages_colours_and_anyone_can_use_it(name, theme, opened, views, screenshots):
    page = opened(views[name], color_scheme=theme)
    settle(page)
    assert axe_findings(page) == []
    paper = page.locator(".live").evaluate("e => getComputedStyle(e).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 30)"}[theme]
    page.locator(".live").screenshot(path=screenshots / f"live-{name}-{theme}.png")


@EVERY_VIEW
def test_without_scripts_the_picture_and_its_words_stand(name, opened, views):
    page = opened(views[name], java_script_enabled=False)
    image = page.locator(".live img")
    assert image.is_visible() and "leads by" in image.get_attribute("alt")
    assert page.locator(".live canvas, .live button, .live input").count() == 0


@EVERY_VIEW
def test_it_runs_in_a_sandboxed_frame(name, opened, views):
    inside = page_of(views[name]).replace("&", "&amp;").replace('"', "&quot;")
    page = opened(
        f'<iframe sandbox="allow-scripts" title="A view" width="900" height="700" '
        f'srcdoc="{inside}"></iframe>'
    )
    frame = page.frame_locator("iframe")
    frame.locator(".live canvas").first.wait_for()
    assert not frame.locator(".live img").is_visible()
    before = frame.locator(".live-said").text_content()
    frame.get_by_role("button", name="Pause").click()
    frame.get_by_role("slider").first.press("End")
    assert frame.locator(".live-said").text_content() != before


def test_several_views_share_a_page_and_leave_nothing_behind(opened, views):
    empty = opened("").evaluate("Object.keys(window)")
    twin = re.sub("live-([0-9a-f]{12})", r"live-x\1", views["network"])
    page = opened(views["network"] + views["meetings"] + twin, **still())
    assert page.evaluate("Object.keys(window)") == empty
    sliders = page.get_by_role("slider")
    assert sliders.count() == 3
    sliders.nth(2).press("End")
    assert [s.input_value() for s in sliders.all()] == ["40", "0", "90"]
