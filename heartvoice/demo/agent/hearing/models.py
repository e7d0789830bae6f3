"""Where the packaged models lie and how they are loaded: one thread each, on the CPU."""

from importlib.util import find_spec
from pathlib import Path

import onnxruntime


class ModelMissing(RuntimeError):
    """A package that carries a model is not installed, or came without it."""


def packaged(package: str, relative: str) -> Path:
    """The file of an installed package, found without importing it. Raises ModelMissing."""
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / relative
        if path.exists():
            return path
    raise ModelMissing(f"{relative} of the package {package} is not installed (see requirements.txt)")


def load(path: Path) -> onnxruntime.InferenceSession:
    """The model, ready to run. Sessions may be shared between threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
