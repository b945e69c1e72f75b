from __future__ import annotations

import errno
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import save_file

from trainers.faults import is_sticky, translated


def test_memory_that_the_cpu_refuses_is_told_with_what_is_free() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60, dtype=torch.uint8)

    error = translated(caught.value)

    assert error is not None
    assert error.code == "E_NO_MEMORY"
    assert error.facts["device"] == "cpu"
    assert error.facts["free_mib"] > 0


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        MemoryError(),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
    ],
)
def test_every_way_of_running_out_of_memory_is_known(error: BaseException) -> None:
    assert str(translated(error)).startswith("E_NO_MEMORY")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_disk_a_quota_and_a_limit_that_are_full_are_one_thing(number: int) -> None:
    assert str(translated(OSError(number, "full"))).startswith("E_DISK_FULL")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_real_full_device_is_known() -> None:
    with pytest.raises(OSError, match="No space left") as caught, Path("/dev/full").open("wb", buffering=0) as file:
        file.write(b"x")

    assert str(translated(caught.value)).startswith("E_DISK_FULL")


def test_what_safetensors_tells_of_a_full_disk_is_known(tmp_path: Path) -> None:
    assert translated(SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)"))
    with pytest.raises(SafetensorError) as caught:
        save_file({"a": torch.zeros(1)}, tmp_path / "no" / "folder.safetensors")
    assert translated(caught.value) is None


def test_a_foreign_error_stays_foreign() -> None:
    assert translated(ValueError("nonsense")) is None
    assert translated(OSError(errno.EACCES, "not yours")) is None


def test_only_what_loses_the_device_ends_the_process() -> None:
    assert is_sticky(RuntimeError("CUDA error: device-side assert triggered"))
    assert is_sticky(RuntimeError("CUDA error: unspecified launch failure"))
    assert not is_sticky(RuntimeError("shapes do not match"))
    assert not is_sticky(ValueError("device-side assert"))
