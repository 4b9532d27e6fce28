"""Which single-file lessons to run: all of them, or those named with --lessons."""


def pytest_addoption(parser):
    parser.addoption("--lessons", default="", help="names of lessons, with spaces between them")
