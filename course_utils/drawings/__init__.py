"""The figures of the lessons, a room for each and one that they share: arrays in, pictures out."""
