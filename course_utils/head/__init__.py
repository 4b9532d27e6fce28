"""A measured head: what it does to sounds, and what its two nerves send.

heads, sounds     the head's responses, and what can be heard with it
cochlea           from a wave to the spikes of a nerve
listening         all of it as a task: directions in, spikes out
binaural          what can be told from two ears without a network
"""
