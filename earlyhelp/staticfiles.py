"""Static files under hashed names, gzipped once (OPS-1).

Brotli at its highest level takes 50 seconds of a first start for the last tenth of the size.
"""

from __future__ import annotations

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class GzipManifestStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage without Brotli."""

    def create_compressor(self, **kwargs: Any) -> Compressor:
        """A compressor that writes `.gz` beside each file worth it."""
        return Compressor(use_brotli=False, **kwargs)
