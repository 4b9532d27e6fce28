"""Learnable delays in spiking neural networks: the shared code of the course.

The rooms, from the ground up: `stimuli`, `delays` and `neurons` are pure tensor functions;
`network` joins them, `observer` says what anyone could reach; `training` fits and measures;
`plots` and `explore` are what a reader touches.
"""
