"""msreg: administration and data entry for a patient registry office."""

__version__ = "0.1.0"
