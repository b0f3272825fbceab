"""A progress bar on standard error, only where a person watches."""

from __future__ import annotations

import sys
from collections.abc import Callable


class progress_bar:
    """Shows `words` and how far it is; entering gives `step(words)`, which moves it on by one."""

    def __init__(self, words: str, total: int | None = None):
        self.words, self.total, self.bar = words, total, None

    def __enter__(self) -> Callable[[str], None]:
        if sys.stderr.isatty():
            from tqdm import tqdm

            self.bar = tqdm(total=self.total, desc=self.words, leave=False)
        return self.step

    def step(self, words: str = "") -> None:
        if self.bar is not None:
            self.bar.set_postfix_str(words, refresh=False)
            self.bar.update(1)

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()
