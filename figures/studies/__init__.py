"""Long studies, each beside its table: `python -m figures.studies.NAME`."""
