"""The phrase scanner: what a patient or caregiver says becomes flags, by rules alone.

Deterministic, English and Spanish together, independent of any language model. Pure: no I/O but its own data files.
How it decides: docs/clinical/phrases.md.
"""

from alerts.phrases.call import CallHit, CallResult, Turn, scan_call
from alerts.phrases.datafiles import VERSION as SCANNER_VERSION
from alerts.phrases.model import Facts, FlagHit, ScanContext, ScanResult, Segment
from alerts.phrases.scanner import scan
from alerts.phrases.selftest import SelfTest, self_test

__all__ = [
    "SCANNER_VERSION",
    "CallHit",
    "CallResult",
    "Facts",
    "FlagHit",
    "ScanContext",
    "ScanResult",
    "Segment",
    "SelfTest",
    "Turn",
    "scan",
    "scan_call",
    "self_test",
]
