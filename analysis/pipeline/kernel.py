"""The kernel that notebooks run in: this very Python, whatever a notebook's metadata or a user's kernels say."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

KERNEL = "python3"
# Reviews' matrices are small: a second thread only spins and, adding up in another order, moves the last digits.
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
# A Unix socket's path may be no longer than this (macOS; Linux allows 108), with the suffix that Jupyter adds.
_LONGEST_SOCKET_PATH = 103
_SUFFIX = len("/kernel.json-ipc-00000")


def this_python(folder: Path, environment: Mapping[str, str]) -> type[AsyncKernelManager]:
    """A kernel manager that starts `sys.executable` in `folder` with `environment` added to this process's.

    On Unix it talks over sockets in a private folder: no ports to race for, nothing on the network. The user's own
    IPython start-up files and history stay out of it.
    """

    class ThisPython(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}",
                    "--HistoryManager.enabled=False"]  # fmt: skip
            return KernelSpec(argv=argv, display_name="Python 3", language="python")

        async def start_kernel(self, **given) -> None:
            self._private = tempfile.mkdtemp(prefix="kernel-")
            if os.name == "posix" and len(self._private) + _SUFFIX <= _LONGEST_SOCKET_PATH:
                self.transport, self.ip = "ipc", os.path.join(self._private, "kernel.json-ipc")
            self.connection_file = os.path.join(self._private, "kernel.json")
            given |= {
                "cwd": str(folder),
                "env": {**os.environ, "IPYTHONDIR": self._private, **_ONE_THREAD, **environment},
            }
            await super().start_kernel(**given)

        async def cleanup_resources(self, restart: bool = False) -> None:
            await super().cleanup_resources(restart=restart)
            if not restart and getattr(self, "_private", None):
                shutil.rmtree(self._private, ignore_errors=True)

    return ThisPython
