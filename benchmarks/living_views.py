"""How large the living views are, how soon they answer, and how many frames a second they draw.

    python -m benchmarks.living_views        after `make test-browser`, which installs a driver

In headless Chromium without a graphics card, each on a page of its own opened from a file: as wide
as a lesson, then as on a phone (390 pixels, each of them 3 x 3 dots).
"""

import math
import shutil
import tempfile
from pathlib import Path
from typing import Any

import torch
from playwright.sync_api import sync_playwright

from course_utils.delays import shift_by_grid_sample, shift_then_clip
from course_utils.drawings import lesson_0 as drawings
from course_utils.explore.living import view
from course_utils.stimuli import Stimulus, sample
from tools import landing

WINDOWS = {
    "lesson": dict(viewport={"width": 1000, "height": 900}),
    "phone": dict(viewport={"width": 390, "height": 844}, device_scale_factor=3),
}
SECONDS = 4
COUNT = """async seconds => {
  const { clock } = document.querySelector(".live").view;
  const [frames, began] = [clock.frames, performance.now()];
  await new Promise(done => setTimeout(done, 1000 * seconds));
  return (clock.frames - frames) / (performance.now() - began) * 1000;
}"""
ANSWERS = """() => {
  const began = performance.now();
  const slider = document.querySelector(".live input[type=range]");
  slider.value = 10;
  slider.dispatchEvent(new Event("input"));
  return [began, performance.now() - began];
}"""


def views() -> dict[str, str]:
    """The HTML of each view, as in its lesson."""
    generator = torch.Generator().manual_seed(0)
    spikes = sample(1, Stimulus(), generator, ipd=math.radians(40))[1][0]
    left, right = spikes.unflatten(1, (2, -1)).sum(2).T
    curve = drawings.meetings([int((left[50:] * right[50:]).sum())] * 2)
    trains = dict(left=left, right=right, longest_ms=25, from_ms=50)
    train = torch.zeros(200)
    train[50 + torch.randperm(100, generator=generator)[:5]] = 1
    ball = dict(train=train, goal=30, max_delay=50, delay=20, sigma=5.0)
    tone = dict(stimulus=Stimulus(), ipd_deg=40, phase_deg=100)
    noise = 0.1 * torch.randn(60, generator=generator)
    neuron = dict(noise=noise, current=0.12, tau_ms=10, asked_ms=40)
    return {
        "network": landing.html(),
        "meetings": view("meetings", curve, **trains),
        "chain": view("information", curve, **tone, listens=False),
        "information": view("information", curve, **tone, listens=True),
        "slopes": view("slopes", curve, **ball),
        "neuron": view("neuron", curve, **neuron),
        "race": view("race", curve, **race(train)),
    }


def race(train: torch.Tensor) -> dict[str, Any]:
    """What the race of lesson 7 carries."""
    trains, every = train[None, :, None], torch.arange(51.0, requires_grad=True)
    shifted = shift_by_grid_sample(trains.expand(1, 200, 51), every, 50)
    (-(shifted * shift_then_clip(trains, torch.tensor([30.0]), 50)).sum()).backward()
    fibre = dict(train=train, goal=30, max_delay=50, prototype=every.grad)
    return fibre | dict(starts=torch.linspace(0, 50, 31), start=8, rate=0.3, updates=300)


def main() -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))))
    print(f"{'view':12}{'window':10}{'kB':>6}{'ready (ms)':>12}{'answer (ms)':>13}{'frames/s':>10}")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for name, html in views().items():
            path = Path(folder) / f"{name}.html"
            path.write_text(f"<!doctype html><meta charset=utf-8><body>{html}", encoding="utf-8")
            for window, settings in WINDOWS.items():
                page = browser.new_page(**settings)
                page.goto(path.as_uri())
                ready, answer = page.evaluate(ANSWERS)
                page.locator(".live").scroll_into_view_if_needed()
                rate = page.evaluate(COUNT, SECONDS)
                size = len(html.encode()) / 1000
                print(f"{name:12}{window:10}{size:6.0f}{ready:12.0f}{answer:13.1f}{rate:10.0f}")
                page.close()


if __name__ == "__main__":
    main()
