"""Connects to Ray, and says what a pool of workers asks of it."""

from __future__ import annotations

import importlib
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from framing.batch.computing import Computing
from framing.errors import ConfigError, FramingError, MissingExtra
from framing.screener import Screener

LOCAL: Final = "local"
# Statistics of usage go nowhere, and notes of Ray's inner workings not to stderr.
_LOCAL_ENVIRONMENT: Final = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"}

WorkerCount = int | tuple[int, int]
"""Workers of a pool: so many, or from so many to so many as there is work and room."""


def computing(model: str | Path | None, num_cpus: float, num_gpus: float, engine: str, precision: str) -> Computing:
    """What each worker with so many processors and GPUs loads. A model folder must be at the same path on every node."""
    folder = Path(model).absolute() if model is not None else None
    return Computing(folder, "cuda" if num_gpus else "cpu", engine, precision, max(1, int(num_cpus)))


def described(screener: Screener) -> str:
    """Name and revision of the weights, and the engine: scores come out the same where these are the same."""
    return f"{screener.model_name}, {screener.engine}"


def require_ray() -> Any:
    """The imported `ray`, with `ray.data`. Raises MissingExtra."""
    try:
        importlib.import_module("ray.data")
        return importlib.import_module("ray")
    except ModuleNotFoundError as error:
        raise MissingExtra("ray", "ray", "Scoring on a cluster") from error


def check_pool(workers: WorkerCount, num_cpus: float, num_gpus: float) -> None:
    """Raise ConfigError for numbers that cannot be."""
    fewest, most = _range(workers)
    if not 1 <= fewest <= most:
        raise ConfigError(f"found workers {workers}; expected a number from 1, or a range such as (1, 8)")
    if num_cpus <= 0 or num_gpus < 0:
        raise ConfigError(f"found num_cpus {num_cpus} and num_gpus {num_gpus}; expected more than 0 processors and no fewer than 0 GPUs")


def pool(ray: Any, workers: WorkerCount, num_cpus: float, num_gpus: float, tasks: int | None = None) -> dict[str, Any]:
    """The arguments of `map_batches` for a pool of workers, each with so many processors and GPUs; no more of them than `tasks`.

    Ray starts a worker that dies again, and gives it out what it had in hand.
    """
    fewest, most = _range(workers)
    fewest, most = (fewest, most) if tasks is None else (min(fewest, tasks), min(most, tasks))
    strategy = ray.data.ActorPoolStrategy(min_size=fewest, max_size=most)
    return {"compute": strategy, "num_cpus": num_cpus, **({"num_gpus": num_gpus} if num_gpus else {})}


@contextmanager
def connected(address: str = LOCAL, workers: WorkerCount = 1, num_cpus: float = 1) -> Iterator[Any]:
    """`ray`, connected until the context ends; a connection that the program has already is used and left open.

    Args:
        address: 'local' starts Ray on this machine, without usage statistics, with room for the workers and for reading beside them;
            'auto' finds the cluster that this machine is a node of; 'ray://HOST:10001' goes to one from outside.
        workers: of the largest pool, for 'local'.
        num_cpus: of a worker, for 'local'.

    Raises:
        FramingError: there is no Ray at the address.
        MissingExtra: Ray is not installed.
    """
    ray = require_ray()
    if ray.is_initialized():
        yield ray
        return
    added: dict[str, str] = {}
    options: dict[str, Any] = {"address": address, "logging_level": "ERROR", "log_to_driver": False}
    if address == LOCAL:
        added = {name: value for name, value in _LOCAL_ENVIRONMENT.items() if name not in os.environ}
        room = math.ceil(_range(workers)[1] * num_cpus) + 1
        options |= {"num_cpus": max(os.cpu_count() or 1, room), "include_dashboard": False}
    os.environ.update(added)
    try:
        try:
            ray.init(**options)
        # Where a node does not start in time Ray raises no narrower class.
        except Exception as error:
            raise FramingError(
                f"no Ray answers at '{address}' ({_first_line(error)}); expected 'auto' on a node of a running cluster, 'ray://HOST:10001' "
                "from outside, or 'local'; start one with: ray start --head"
            ) from error
        try:
            yield ray
        finally:
            ray.shutdown()
    finally:
        for name in added:
            os.environ.pop(name, None)


def probe(ray: Any, choice: Computing, num_cpus: float, num_gpus: float) -> str:
    """What a worker says of its model, found out on the cluster: the machine that asks need have no GPU. Raises FramingError."""
    name, failure = ray.get(ray.remote(num_cpus=num_cpus, num_gpus=num_gpus)(_probe).remote(choice))
    if failure:
        raise FramingError(failure)
    return str(name)


def _probe(choice: Computing) -> tuple[str, str]:
    try:
        return described(choice.load()), ""
    except FramingError as error:
        return "", str(error)


def _range(workers: WorkerCount) -> tuple[int, int]:
    return (workers, workers) if isinstance(workers, int) else workers


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
