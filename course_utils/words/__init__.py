"""Spoken digits: what 40 bands of an ear fire, and a published data set with the same interface.

spoken    the digits that come with the course: rates, spikes drawn from them, a few sounds
shd       the Spiking Heidelberg Digits, from a file that you fetched yourself
"""
