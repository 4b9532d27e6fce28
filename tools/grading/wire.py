"""Values as lines of JSON, between a check and the process in which the answer lives.

Only values pass: numbers, words, lists, tensors. Nothing here unpickles, imports or evaluates, so
what comes back can be wrong or odd, and can do nothing.
"""

from __future__ import annotations

import base64
import itertools
import math
import operator
from collections.abc import Iterator
from numbers import Number
from typing import Any

import numpy as np
import torch

MOST_VALUES = 10**7
"""Values that a tensor may have, once it is here."""
MOST_ITEMS = 10**5
"""Things in a list, with all that is in them."""
MOST_CHARACTERS = 3 * 10**7
"""Length of a line."""
_DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64,
        torch.float32, torch.float64,
    )
}  # fmt: skip
_KINDS = "biuf"  # truth values, integers, real numbers, as numpy calls them


class NotAValueError(ValueError):
    """What came back is no value as `encode` makes them."""


def encode(value: Any) -> Any:
    """Return `value` as JSON has it; what is no value becomes the name of its type."""
    if value is None or isinstance(value, (bool, str)) and type(value) in (bool, str):
        return value
    if value is ...:
        return {"is": "..."}
    if type(value) in (int, float):
        return {"is": type(value).__name__, "of": str(value)}
    if isinstance(value, torch.Tensor):
        return _encode_tensor(value)
    if isinstance(value, (np.ndarray, np.generic)):
        return _encode_array(value)
    if type(value) in (list, tuple):
        return {"is": type(value).__name__, "of": [encode(part) for part in value]}
    if type(value) is dict:
        return {"is": "dict", "of": [[encode(k), encode(v)] for k, v in value.items()]}
    if isinstance(value, torch.Generator):
        return {"is": "generator", "of": _encode_array(value.get_state().numpy())}
    if isinstance(value, (Iterator, range)):
        parts = itertools.islice(value, MOST_ITEMS)
        return {"is": "iterator", "of": [encode(part) for part in parts]}
    if isinstance(value, complex):
        return {"is": "complex", "of": [value.real, value.imag]}
    if isinstance(value, Number):
        return {"is": "float", "of": str(float(value))}
    return {"is": "other", "of": type(value).__name__}


def _encode_tensor(value: torch.Tensor) -> dict:
    if value.is_complex():
        return {"is": "other", "of": "complex tensor"}
    value = value.detach()
    value = (value.dequantize() if value.is_quantized else value.to_dense()).cpu()
    if str(value.dtype).removeprefix("torch.") not in _DTYPES:
        value = value.double()  # half precision and the like
    shape = list(value.shape)
    for place, stride in enumerate(value.stride()):
        if stride == 0 and shape[place] > 1:  # expanded: one number stands for many
            value = value.narrow(place, 0, 1)
    dtype = str(value.dtype).removeprefix("torch.")
    return {**_encode_array(value.contiguous().numpy()), "is": "tensor", "dtype": dtype,
            "shape": shape, "held": list(value.shape)}  # fmt: skip


def _encode_array(value: Any) -> dict:
    values = np.ascontiguousarray(value).reshape(np.shape(value))
    if values.dtype.kind not in _KINDS or values.dtype.itemsize > 8:
        if values.dtype.kind not in _KINDS:
            return {"is": "other", "of": "array" if values.ndim else type(value).__name__}
        values = values.astype(np.float64)
    values = values.astype(values.dtype.newbyteorder("<"))
    return {
        "is": "array",
        "dtype": values.dtype.name,
        "shape": list(values.shape),
        "of": base64.b64encode(values.tobytes()).decode("ascii"),
    }


def decode(found: Any) -> Any:
    """Return the value that `encode` has told, or raise `NotAValueError` whatever else it is."""
    try:
        return _decode(found, itertools.count())
    except NotAValueError:
        raise
    except Exception as error:  # a stranger wrote it: any of it may be of another kind
        raise NotAValueError(f"what came back is no value ({type(error).__name__}).") from None


def _decode(found: Any, seen: Iterator[int]) -> Any:
    if next(seen) > MOST_ITEMS:
        raise NotAValueError("more came back than can be looked at.")
    if found is None or type(found) in (bool, str):
        return found
    kind, of = found["is"], found.get("of")
    if kind == "...":
        return ...
    if kind == "int":
        return int(of)
    if kind == "float":
        return float(of)
    if kind == "complex":
        return complex(*map(float, of))
    if kind in ("list", "tuple", "iterator"):
        if type(of) is not list:
            raise NotAValueError("what came back is no list.")
        parts = [_decode(part, seen) for part in of]
        return {"list": list, "tuple": tuple, "iterator": iter}[kind](parts)
    if kind == "dict":
        return {_decode(k, seen): _decode(v, seen) for k, v in of}
    if kind == "generator":
        return torch.Generator().set_state(torch.from_numpy(_decode_array(of)))
    if kind == "array":
        return _decode_array(found)
    if kind == "tensor":
        shape, dtype = _sizes(found["shape"]), _DTYPES[found["dtype"]]
        held = _decode_array({**found, "shape": found["held"]})
        return torch.from_numpy(held).to(dtype).expand(shape)
    name = str(of) if str(of).replace(" ", "_").isidentifier() and len(of) < 60 else "object"
    return type(name, (), {})()


def _decode_array(found: dict) -> np.ndarray:
    shape, dtype = _sizes(found["shape"]), np.dtype(found["dtype"])
    if dtype.kind not in _KINDS or dtype.itemsize > 8:
        raise NotAValueError("an array came back of something else than numbers.")
    content = base64.b64decode(found["of"], validate=True)
    return np.frombuffer(content, dtype.newbyteorder("<")).reshape(shape).astype(dtype)


def _sizes(found: Any) -> tuple[int, ...]:
    sizes = tuple(operator.index(size) for size in found)
    if len(sizes) > 8 or any(size < 0 for size in sizes) or math.prod(sizes) > MOST_VALUES:
        raise NotAValueError(f"a tensor came back of a shape that is too large: {sizes[:8]}.")
    return sizes
