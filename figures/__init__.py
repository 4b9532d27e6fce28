"""Pictures and result tables, each beside the script that made it: `python -m figures.NAME`."""
