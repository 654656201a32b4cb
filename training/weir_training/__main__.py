"""``python -m weir_training``: the entry point of the training container."""

import os
import sys

from weir_training.supervisor import main

sys.exit(main(os.environ))
