"""A network as a NIR graph and back, so that other simulators and chips can run it.

NIR (Pedersen et al. 2024, Nature Communications 15, 8122) says what a network is in continuous
time: a delay in seconds, a weight matrix, a neuron's equation. What these equations leave open is
what happens within a time step, so both functions are told how long a step is.
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from . import arguments as valid
from .delays import DelayLayer
from .neurons import chosen_surrogate, lif

__all__ = ["Lif", "from_nir", "to_nir"]
_CLOSE = 1e-6  # relative; a time that went through single precision is the same time


class Lif(nn.Module):
    """`neurons.lif` as a module, to stand in a row with others.

    Parameters
    ----------
    tau_ms, dt_ms : float
        Membrane time constant and time step, in ms.
    threshold : float
        Potential at which a neuron fires.
    surrogate, slope
        See `neurons.surrogate_slope`.

    Raises
    ------
    ValueError, TypeError
        For a number that is not above zero, or an unknown surrogate.
    """

    def __init__(
        self,
        tau_ms: float,
        dt_ms: float = 1,
        threshold: float = 1,
        surrogate: str = "sigmoid",
        slope: float | None = None,
    ) -> None:
        super().__init__()
        self.tau_ms, self.dt_ms = valid.time_constant(tau_ms, dt_ms)
        self.threshold = valid.finite_number("threshold", threshold, 0, math.inf, exclusive=True)
        self.surrogate, self.slope = chosen_surrogate(surrogate, slope)

    def forward(self, current: Tensor) -> Tensor:
        """Spikes of 0 and 1, `(n, time, neuron)`, from a current of that shape.

        Raises
        ------
        ValueError, TypeError
            For a current that is not a finite 3-dimensional floating tensor.
        """
        dt_ms, threshold = self.dt_ms, self.threshold
        surrogate, slope = self.surrogate, self.slope
        return lif(
            current, self.tau_ms, dt_ms=dt_ms, threshold=threshold, surrogate=surrogate, slope=slope
        )

    def extra_repr(self) -> str:
        """What `print` shows between the brackets."""
        return f"tau_ms={self.tau_ms:g}, dt_ms={self.dt_ms:g}, threshold={self.threshold:g}"


def to_nir(network: nn.Sequential, dt_ms: float = 1) -> Any:
    """A row of delays, weights and neurons as a `nir.NIRGraph`; `nir.write` saves it.

    A delay of `d` steps becomes `nir.Delay`, of `d dt` seconds. A neuron becomes `nir.LIF`, of
    resistance `tau / dt`, so that a spike of weight `w` lifts the potential by `w`. Surrogates and
    longest delays serve training alone, and NIR has no place for them.

    Parameters
    ----------
    network : nn.Sequential
        Each layer a `DelayLayer` (axonal, causal padding, whole delays), `nn.Linear` or `Lif`.
    dt_ms : float
        What one step of the delays lasts, in ms.

    Raises
    ------
    ValueError, TypeError
        For what NIR cannot say: fractional or spread delays (use `DelayLayer.rounded`), one delay
        per connection, a padding that moves the clock; or a module of another kind.
    ImportError
        If the package `nir` is not there.
    """
    nir = _nir()
    dt_ms = valid.finite_number("dt_ms", dt_ms, 0, math.inf, exclusive=True)
    if not isinstance(network, nn.Sequential) or len(network) == 0:
        raise TypeError(f"network must be an nn.Sequential of layers, not {network!r}")
    nodes, width = [], None
    for place, layer in enumerate(network):
        node, width = _node(nir, f"network[{place}]", layer, dt_ms, width)
        nodes.append(node)
    ends = [
        nir.Input(input_type=nodes[0].input_type),
        nir.Output(output_type=nodes[-1].output_type),
    ]
    named = dict(zip(_names(len(nodes)), [ends[0], *nodes, ends[1]], strict=True))
    return nir.NIRGraph(named, list(zip(named, list(named)[1:], strict=False)))


def from_nir(graph: Any, dt_ms: float = 1, max_delay: int | None = None) -> nn.Sequential:
    """The network that a `nir.NIRGraph` says, in steps of `dt_ms`; the inverse of `to_nir`.

    Neurons come back with the usual surrogate and the leak `exp(-dt / tau)`. (NIR fires above the
    threshold, we at it as well: no difference unless a potential is exactly there.)

    Parameters
    ----------
    graph : nir.NIRGraph
        One chain of `Delay`, `Linear`, `Affine` and `LIF` nodes between an input and an output.
    dt_ms : float
        What one step lasts, in ms.
    max_delay : int, optional
        Longest delay of every layer, in steps; by default the longest there is in it.

    Returns
    -------
    nn.Sequential
        From spikes `(n, time, channel)` to `(n, time, neuron)`, on the input's clock.

    Raises
    ------
    ValueError, TypeError
        For a graph that is not one chain, a node of another kind, a delay that is no whole number
        of steps, or neurons that ours are not: of several time constants, a leak or a reset to
        another potential than 0, or another resistance than `tau / dt`.
    ImportError
        If the package `nir` is not there.
    """
    nir = _nir()
    dt_ms = valid.finite_number("dt_ms", dt_ms, 0, math.inf, exclusive=True)
    if not isinstance(graph, nir.NIRGraph):
        raise TypeError(f"graph must be a nir.NIRGraph, not {type(graph).__name__}")
    layers = [_layer(nir, name, node, dt_ms, max_delay) for name, node in _chain(nir, graph)]
    return nn.Sequential(*layers)


def _nir() -> Any:
    try:
        import nir
    except ImportError as error:
        raise ImportError("to_nir and from_nir need the package nir: pip install nir") from error
    return nir


def _names(layers: int) -> list[str]:
    return ["input", *map(str, range(layers)), "output"]


def _node(nir: Any, where: str, layer: nn.Module, dt_ms: float, width: int | None) -> Any:
    """The node of a layer, and how many channels leave it."""
    if isinstance(layer, DelayLayer):
        return nir.Delay(_seconds(where, layer, dt_ms)), layer.channels
    if isinstance(layer, nn.Linear):
        weight = layer.weight.detach().cpu().numpy().copy()
        if layer.bias is None:
            return nir.Linear(weight), layer.out_features
        return nir.Affine(weight, layer.bias.detach().cpu().numpy().copy()), layer.out_features
    if not isinstance(layer, Lif):
        kind = type(layer).__name__
        raise ValueError(f"{where} must be a DelayLayer, an nn.Linear or a Lif, not a {kind}")
    if width is None:
        raise ValueError(f"{where} must not come first: a Lif alone does not say how many it is")
    if layer.dt_ms != dt_ms:
        raise ValueError(f"dt_ms must be that of {where}, {layer.dt_ms:g}, not {dt_ms:g}")
    every = np.ones(width)
    tau = layer.tau_ms / 1000 * every
    resistance = layer.tau_ms / dt_ms * every
    return nir.LIF(tau, resistance, 0 * every, layer.threshold * every, 0 * every), width


def _seconds(where: str, layer: DelayLayer, dt_ms: float) -> np.ndarray:
    """Delays in seconds, if NIR can say what this layer does."""
    if layer.kind != "axonal":
        raise ValueError(
            f"{where} must have axonal delays, not {layer.kind} ones: "
            "nir.Delay holds one delay for each channel"
        )
    if layer.padding != "causal":
        raise ValueError(
            f"{where} must have padding='causal', not {layer.padding!r}: "
            "a NIR graph keeps the input's clock"
        )
    acting = layer.rule.acting(layer.delays)
    if acting is None:
        raise ValueError(f"{where} spreads each delay over many steps: use its rounded()")
    steps = acting.detach().double().cpu().numpy()
    part = np.abs(steps - steps.round())
    if part.max() > _CLOSE:
        raise ValueError(
            f"{where} must have delays of whole steps, not {steps[part.argmax()]:.4g}: NIR does "
            "not say what lies between two steps; use its rounded()"
        )
    return steps.round() * dt_ms / 1000


def _chain(nir: Any, graph: Any) -> Iterator[tuple[str, Any]]:
    """The nodes from the input to the output, without these two."""
    after: dict[str, str] = dict(graph.edges)
    starts = [name for name, node in graph.nodes.items() if isinstance(node, nir.Input)]
    row = starts[:1]
    while row and row[-1] in after and len(row) <= len(graph.nodes):
        row.append(after[row[-1]])
    whole = len(row) == len(graph.nodes) == len(graph.edges) + 1
    if not whole or not isinstance(graph.nodes[row[-1]], nir.Output) or len(row) < 3:
        raise ValueError("graph must be one chain of layers from an input to an output")
    return ((name, graph.nodes[name]) for name in row[1:-1])


def _layer(nir: Any, name: str, node: Any, dt_ms: float, max_delay: int | None) -> nn.Module:
    """The layer of a node."""
    if isinstance(node, nir.Delay):
        return _delay(name, node, dt_ms, max_delay)
    if isinstance(node, (nir.Linear, nir.Affine)):
        weight, bias = np.asarray(node.weight), getattr(node, "bias", None)
        if weight.ndim != 2:
            raise ValueError(f"node {name!r} must have a weight (out, in), not {weight.shape}")
        layer = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
        layer.weight = nn.Parameter(torch.tensor(weight))
        if bias is not None:
            layer.bias = nn.Parameter(torch.tensor(np.asarray(bias)))
        return layer
    if isinstance(node, nir.LIF):
        return _neurons(name, node, dt_ms)
    kind = type(node).__name__
    raise ValueError(f"node {name!r} must be a Delay, Linear, Affine or LIF, not a {kind}")


def _delay(name: str, node: Any, dt_ms: float, max_delay: int | None) -> DelayLayer:
    exact = np.asarray(node.delay, dtype=np.float64).reshape(-1) * 1000 / dt_ms
    if not np.isfinite(exact).all() or exact.size == 0 or exact.min() < 0:
        raise ValueError(f"node {name!r} must have finite delays of at least 0, not {node.delay}")
    steps = exact.round()
    off = np.abs(exact - steps) > _CLOSE * np.maximum(1, steps)
    if off.any():
        raise ValueError(
            f"node {name!r} must have delays of whole steps of {dt_ms:g} ms, "
            f"not {exact[off][0] * dt_ms:.4g} ms"
        )
    longest = int(steps.max()) if max_delay is None else max_delay
    first = torch.tensor(steps, dtype=torch.get_default_dtype())
    return DelayLayer(len(steps), longest, init=first, padding="causal")


def _neurons(name: str, node: Any, dt_ms: float) -> Lif:
    tau_ms = 1000 * _same(name, node, "tau")
    if tau_ms <= 0:
        raise ValueError(f"node {name!r} must have a tau above 0, not {tau_ms:g} ms")
    for what in ("v_leak", "v_reset"):
        if (found := _same(name, node, what)) != 0:
            raise ValueError(f"node {name!r} must have {what} = 0, not {found:g}")
    if not math.isclose(found := _same(name, node, "r"), tau_ms / dt_ms, rel_tol=_CLOSE):
        raise ValueError(
            f"node {name!r} must have r = tau / dt = {tau_ms / dt_ms:g}, not {found:g}: "
            "ours adds a weight to the potential as it is"
        )
    # seconds and back may change the last digit
    return Lif(float(f"{tau_ms:.12g}"), dt_ms, _same(name, node, "v_threshold"))


def _same(name: str, node: Any, what: str) -> float:
    """The value that all neurons of a node share."""
    values = np.asarray(getattr(node, what), dtype=np.float64).reshape(-1)
    if values.size == 0 or not np.isfinite(values).all() or values.min() != values.max():
        raise ValueError(f"node {name!r} must have one finite {what} for all its neurons")
    return float(values[0])
