"""A device that is not there: true numbers under a foreign label, with the refusals of a card.

A `Far` tensor holds a CPU tensor and computes with it, so its results are those of the CPU. It
refuses to meet CPU tensors (but single numbers), `.numpy()`, and all drawing of random numbers.
"""

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map

LABEL = torch.device("ipu", 0)  # one that PyTorch knows, has no code for and does not ask for
AWAY = (LABEL, torch.device("ipu"), torch.device("meta"))
CROSSING = (torch.ops.aten.copy_.default, torch.ops.aten._to_copy.default)


class Far(torch.Tensor):
    """Its base says "meta", where autograd runs without a card; its numbers are in `near`."""

    device, is_meta = LABEL, False
    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, near):
        how = dict(strides=near.stride(), storage_offset=near.storage_offset(), dtype=near.dtype)
        far = torch.Tensor._make_wrapper_subclass(cls, near.shape, device="meta", **how)
        far.near = near
        return far

    def data_ptr(self):
        return self.near.data_ptr()

    def tolist(self):
        return self.near.tolist()

    def new_tensor(self, numbers, **how):
        return Far(self.near.new_tensor(numbers, **how))

    @classmethod
    def __torch_dispatch__(cls, operation, types, arguments=(), named=None):
        return compute(operation, arguments, named)


class FarDevice(TorchDispatchMode):
    """While it is entered, `device=LABEL` works wherever a tensor is made."""

    def __init__(self, double=True):
        super().__init__()
        self.double = double  # False: like some real ones, it has no double precision

    def __torch_dispatch__(self, operation, types, arguments=(), named=None):
        result = compute(operation, arguments, named)
        for one in tree_flatten(result)[0]:
            if isinstance(one, Far) and one.dtype == torch.float64 and not self.double:
                raise TypeError(f"{operation} makes double precision, which {LABEL} lacks")
        return result


def compute(operation, arguments, named):
    """Run `operation` on the numbers behind its `Far` arguments, unless a card would refuse."""
    named = dict(named or {})
    to = named.get("device")
    tensors = [x for x in tree_flatten((arguments, named))[0] if isinstance(x, torch.Tensor)]
    far = {id(x.near): x for x in tensors if isinstance(x, Far)}
    if not far and to not in AWAY:
        return operation(*arguments, **named)
    if operation not in CROSSING:
        refuse(operation, [x for x in tensors if not isinstance(x, Far)], to)
    if to is not None:
        named["device"] = torch.device("cpu")
    arguments, named = tree_map(lambda x: x.near if isinstance(x, Far) else x, (arguments, named))
    if operation is torch.ops.aten._conj.default:  # what is only marked would be left as it is
        operation = torch.ops.aten.conj_physical.default
    result = operation(*arguments, **named)
    if to not in (None, *AWAY) or any(result is x for x in tensors):
        return result  # it was brought home, or written into a CPU tensor
    put_back = lambda x: far.get(id(x)) if id(x) in far else Far(x)  # noqa: E731
    return tree_map(lambda x: put_back(x) if isinstance(x, torch.Tensor) else x, result)


def refuse(operation, at_home, to):
    """Raise what a card raises where tensors `at_home` meet its own."""
    if any(x.ndim for x in at_home) or (at_home and operation._schema.is_mutable):
        raise RuntimeError(f"{operation} expects all tensors on one device, not some on the CPU")
    if torch.Tag.nondeterministic_seeded in operation.tags:
        raise RuntimeError(f"{operation} would draw on the device, not from a CPU generator")
    if to not in (None, *AWAY):
        raise RuntimeError(f"{operation} makes a tensor on {to} from one on {LABEL}")
