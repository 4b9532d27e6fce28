"""What lessons 2 to 4 say in words, of numbers that hold whatever the draw."""

import math

import pytest
import torch
import torch.nn.functional as F

from course_utils import _rules, delays, neurons, observer, tables
from course_utils.neurons import recurrent_lif
from course_utils.stimuli import Stimulus
from tools.pages import ROOT

SURROGATES = tables.read(ROOT / "figures" / "studies" / "surrogates.csv")


def test_lesson_2_all_fibres_have_arrived_from_50_to_149_ms():
    waits = torch.cat([torch.tensor([0.0, 50.0]), 50 * torch.rand(198).round()])
    filled = delays.pad_then_shift(torch.ones(1, 150, 200), waits, 50)[0].mean(1)
    assert (filled == 1).nonzero().flatten().tolist() == list(range(50, 150))


def test_lesson_2_a_shorter_window_costs_its_square_root():
    stimulus = Stimulus()
    ratio = observer.cramer_rao(stimulus, window_ms=100) / observer.cramer_rao(stimulus)
    assert abs(ratio - 1.5**0.5) < 0.01


def read_at(train, shift, align_corners):
    """As the prototype shifts: reading points moved by `shift` steps of 2 / rows."""
    affine = torch.eye(2, 3)[None].clone()
    affine[0, 1, 2] = 2 * shift / len(train)
    picture = train.view(1, 1, -1, 1).expand(1, 1, -1, 2)
    grid = F.affine_grid(affine, picture.shape, align_corners=align_corners)
    return F.grid_sample(picture, grid, align_corners=align_corners)[0, 0, :, 0]


def test_lesson_3_the_prototype_advances_and_corners_shorten_a_step():
    impulse = torch.zeros(200)
    impulse[80] = 1
    assert read_at(impulse, +49.0, False).argmax() == 31
    short = F.one_hot(torch.tensor(2), 8).float()
    torn = read_at(short, -3.0, True)  # a wait of 3 * 7 / 8 = 2.625 steps
    torch.testing.assert_close(torn[4:6], torch.tensor([0.375, 0.625]))


def learned(apply, project, updates=60):
    d = torch.tensor([-2.0, 0.0, 1.0, 45.0], requires_grad=True)
    adam = torch.optim.Adam([d], lr=1.0)
    for _ in range(updates):
        adam.zero_grad()
        ((apply(d) - 5) ** 2).sum().backward()
        adam.step()
        project(d.data)
    return d.tolist()


def test_lesson_3_a_clamp_leaves_the_delay_outside_dead_and_a_projection_leaves_none():
    dead, on_the_end, *home = learned(lambda d: d.clamp(0, 49), lambda d: d)
    assert dead == -2 and all(abs(d - 5) < 2 for d in home)
    edge = torch.zeros(1, requires_grad=True)
    edge.clamp(0, 49).backward()
    newer = tuple(map(int, torch.__version__.split(".")[:2])) >= (2, 14)
    assert float(edge.grad) == (0 if newer else 1)
    assert on_the_end == 0 if newer else abs(on_the_end - 5) < 2
    assert all(abs(d - 5) < 2 for d in learned(lambda d: d, lambda d: d.clamp_(0, 49)))


def test_lesson_3_the_prototypes_factor_is_five_times_the_delay():
    raw = torch.tensor([-3.0, 0.0, 1.0, 49.0, 60.0], requires_grad=True)
    _rules._PrototypeRound.apply(raw).sum().backward()
    assert raw.grad.tolist() == [-15, 0, 5, 245, 300]


def worse(than, **setting):
    return tables.paired_interval(SURROGATES, "error_deg", setting, than)


def test_lesson_4_says_of_steepness_what_its_table_says():
    learn = dict(delays="learned")
    usual = dict(surrogate="sigmoid", steepness=5) | learn
    assert round(tables.mean_interval(SURROGATES, "error_deg", **usual)[0], 1) == 1.6
    for name in ("sigmoid", "superspike"):
        for steepness in (1, 5, 25):
            if (name, steepness) != ("sigmoid", 5):
                _, low, high = worse(usual, surrogate=name, steepness=steepness, **learn)
                assert -0.2 < low < high < 0.2  # "within a fifth of a degree"
        mean, low, _ = worse(usual, surrogate=name, steepness=100, **learn)
        assert low > 0 and 0.25 < mean < 0.4  # "about a third of a degree"
    assert worse(usual, delays="readout only")[1] > 10
    low, high = (dict(surrogate=name, steepness=100) | learn for name in ("superspike", "sigmoid"))
    assert max(map(abs, worse(low, **high)[1:])) < 0.2


@pytest.mark.parametrize("seed", range(5))
def test_lessons_4_and_8_around_a_loop_height_and_width_decide_who_is_heard(seed):
    random = torch.Generator().manual_seed(seed)
    drive = 0.3 * torch.rand(32, 80, 30, generator=random)
    loop = (2 * torch.rand(30, 30, generator=random) - 1) / 30**0.5

    def kept(name, steepness):
        current = drive.clone().requires_grad_()
        settings = dict(tau_ms=5, surrogate=name, slope=steepness)
        recurrent_lif(current, loop, **settings)[:, -1].sum().backward()
        size = current.grad.abs().mean((0, 2))
        return float(size[-51] / size[-1])

    wide, usual, narrow = (kept("superspike", b) for b in (1, 5, 25))
    assert wide > 3 > 1 > usual > narrow and narrow < 0.001  # one height
    low, middle, high = (kept("sigmoid", b) for b in (1, 5, 25))
    assert low < 1 < 10 < middle and high > 10 * middle  # narrower, and higher


def test_lesson_4_a_late_reset_says_everything_twice_and_two_steps_late():
    a, v, s, late = math.exp(-1 / 5), 0.0, 0.0, []
    for _ in range(100):
        late.append(s)
        v, s = (a * v + 0.4) * (1 - s), float(v >= 1)
    late = torch.tensor(late)
    right = neurons.lif(torch.full((1, 100, 1), 0.4), tau_ms=5)[0, :, 0]
    assert (int(right.sum()), int(late.sum())) == (25, 28)
    assert 2 * int((late[1:] * late[:-1]).sum()) == 28 and late.argmax() - right.argmax() == 2


def test_lesson_4_a_potential_settles_where_the_leak_equals_the_input():
    fired, potential = neurons.lif(torch.full((1, 100, 1), 0.15), tau_ms=5, return_potential=True)
    assert fired.sum() == 0
    assert math.isclose(potential[0, -1, 0], 0.15 / (1 - math.exp(-1 / 5)), rel_tol=1e-5)


def test_lesson_4_no_spike_listens_to_the_future_nor_past_a_detached_reset():
    steps = 60
    noise = torch.randn(steps, 1, generator=torch.Generator().manual_seed(1))
    drive = 1.03 - math.exp(-1 / 10) + 0.1 * noise
    copies = drive.expand(steps, steps, 1).clone().requires_grad_()
    s = neurons.lif(copies, tau_ms=10, slope=5, detach_reset=True)
    s[:, :, 0].diagonal().sum().backward()
    heard, fired = copies.grad[:, :, 0], s[0, :, 0].nonzero().flatten().tolist()
    assert heard.triu(1).abs().max() == 0 and len(fired) > 1
    for at in fired:
        assert heard[at + 1 :, : at + 1].abs().sum() == 0 and heard[at, at] > 0
