"""A page is executed in a kernel that lives."""

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from tools import execution


@pytest.fixture
def starts(monkeypatch):
    """The starts of kernels; each one but the last finds its port taken, as often as asked."""
    counted = []
    real = NotebookClient.async_start_new_kernel_client

    async def start(self):
        counted.append(self)
        if len(counted) <= counted_out[0]:
            raise RuntimeError("Kernel died before replying to kernel_info")
        return await real(self)

    counted_out = [0]
    monkeypatch.setattr(NotebookClient, "async_start_new_kernel_client", start)
    return counted, counted_out


def test_a_kernel_that_dies_at_its_start_is_started_again(starts, tmp_path):
    counted, dead = starts
    dead[0] = execution.STARTS - 1
    page = new_notebook(cells=[new_code_cell("print(6 * 7)")])
    execution.run(page, tmp_path)
    assert page.cells[0].outputs[0].text == "42\n" and len(counted) == execution.STARTS


def test_a_kernel_that_never_starts_is_told(starts, tmp_path):
    counted, dead = starts
    dead[0] = 99
    with pytest.raises(execution.PageStops, match="Kernel died before replying") as stop:
        execution.run(new_notebook(cells=[new_code_cell("1")]), tmp_path)
    assert stop.value.cell is None and len(counted) == execution.STARTS


def test_a_page_that_ends_its_kernel_is_not_run_again(starts, tmp_path):
    counted, _ = starts
    page = new_notebook(cells=[new_code_cell("import os\n\nos._exit(3)")])
    with pytest.raises(execution.PageStops, match="DeadKernelError") as stop:
        execution.run(page, tmp_path)
    assert stop.value.cell == 0 and len(counted) == 1
