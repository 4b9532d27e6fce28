"""Learnable delays in spiking neural networks: the shared code of the course.

The rooms, from the ground up: `stimuli`, `delays` and `neurons` are pure tensor functions, and so
are `recurrence` and `clicks`, and `heads`, `cochlea` and `sounds`, which `listening` joins for a
measured head; `plots` and `charts` turn arrays into figures and know nothing of the rest. `network`
joins the tensor functions, `deeper` and `coincidence` are its neighbours; `observer` and `binaural`
say what can be done without one; `training` fits and measures. `explore` gives a figure its
sliders, `checks` answer the exercises. Imports run downward only.
"""
