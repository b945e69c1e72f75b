"""The real engine on the bundled base, but with checkpoints after every step, so that a test can kill it often."""

from __future__ import annotations

import os
import sys

from storage.output_checks import WantedCheck
from trainers import process
from trainers.jobs import train

EVERY_S = 0.0

if __name__ == "__main__":
    process.go_offline(os.environ)
    from trainers.engine import WantedBase, serve

    train.CHECKPOINT_EVERY_S = EVERY_S
    train.CHECKPOINT_REST = 0
    serve(WantedBase("miniature", sys.argv[1], WantedCheck()))
