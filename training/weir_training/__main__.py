"""``python -m weir_training``: the entry point of the training container."""

import sys

from weir_training.supervisor import main

sys.exit(main())
