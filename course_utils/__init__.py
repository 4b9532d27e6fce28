"""Learnable delays in spiking neural networks: the shared code of the course.

The rooms, from the ground up: `stimuli`, `delays` and `neurons` are pure tensor functions;
`plots` turns arrays into figures and knows nothing of the rest. `network` joins the tensor
functions, `observer` says what anyone could reach; `training` fits and measures. `explore` gives a
figure its sliders. Imports run downward only.
"""
