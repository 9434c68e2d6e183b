"""Every model that ships, a second time."""

import aminoglycosides  # noqa: F401
import antibiotics  # noqa: F401
import busulfan  # noqa: F401
import effects  # noqa: F401
import immunosuppressants  # noqa: F401
import kinds  # noqa: F401
import neurology  # noqa: F401
import oncology  # noqa: F401
import vancomycin  # noqa: F401
from registry import MODELS  # noqa: F401
