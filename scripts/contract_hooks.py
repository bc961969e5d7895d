"""What schemathesis does not know by itself of the bodies that the server takes."""

from __future__ import annotations

import schemathesis

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
