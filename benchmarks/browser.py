"""The page in a real browser, for what it costs (page_loads.py) and for what is seen there (tests/browser). Needs
Debian's chromium and the extra `browser`."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from orchestration.settings import ROOT

CHROMIUM = "/usr/bin/chromium"
# Without these it talks to its maker.
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
DESK = {"width": 1280, "height": 900}


@contextmanager
def serving(data_dir: Path, program: Sequence[str] = ("dashboard",)) -> Iterator[str]:
    """The page, or another program of Streamlit, on a port of its own, once it answers; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", *program, "--server.port", str(port)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "CSW_DATA_DIR": str(data_dir)}
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)
