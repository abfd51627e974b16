"""How much memory a page and a process hold, for tests that last long."""

import psutil
from playwright.sync_api import Page


class Growth:
    """Measures a kernel and the JavaScript heap of a page, both after their garbage is collected as far as one can.

    Args:
        page: what is looked at.
        pid: of the kernel.
    """

    def __init__(self, page: Page, pid: int) -> None:
        self._kernel = psutil.Process(pid)
        self._devtools = page.context.new_cdp_session(page)
        self._devtools.send("Performance.enable")

    def megabytes(self) -> dict[str, float]:
        """Of ``kernel`` and ``heap``."""
        self._devtools.send("HeapProfiler.collectGarbage")
        metrics = {item["name"]: item["value"] for item in self._devtools.send("Performance.getMetrics")["metrics"]}
        return {"kernel": self._kernel.memory_info().rss / 1e6, "heap": metrics["JSHeapUsedSize"] / 1e6}
