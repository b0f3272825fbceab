"""`python -m analysis` is `selfassess`."""

import sys

from analysis.cli import main

sys.exit(main())
