"""The figures of the lessons, a room for each: arrays in, a `plots.Picture` out."""
