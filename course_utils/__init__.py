"""Learnable delays in spiking neural networks: the shared code of the course.

    arguments                         one clear sentence for each bad argument
    stimuli, clicks                   sounds -> spikes
    delays, _rows, _rules             waiting
    neurons                           firing
    network, deeper, coincidence      networks of them
    exchange                          networks for other simulators, and theirs
    delay_optimizer, training         learning
    observer                          what anyone could know
    plots, tables                     pictures from arrays; tables of results

    explore/                          sliders, living views, and players of sounds
    drawings/                         the figures of each lesson
    checks/                           the answers to each lesson's exercises
    head/                             a measured head, its sounds and nerves
    words/                            spoken digits as spikes

The rooms of the first block, but for its last line, are the model. Each imports only from its own
line and from those above, and nothing of the wings. `plots` and `tables` import nothing of the
course.
"""
