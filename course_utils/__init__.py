"""Learnable delays in spiking neural networks: the shared code of the course.

The rooms, from the ground up: `stimuli`, `delays` and `neurons` are pure tensor functions, and so
are `heads`, `cochlea` and `sounds`, which `listening` joins for a measured head; `plots` turns
arrays into figures and knows nothing of the rest. `network` joins the tensor functions; `observer`
and `binaural` say what can be done without one; `training` fits and measures. `explore` gives a
figure its sliders. Imports run downward only.
"""
