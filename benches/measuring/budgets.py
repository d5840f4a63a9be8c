"""Promises, compared with measurements."""

from dataclasses import dataclass


@dataclass
class Budget:
    """One promise. Without a measurement it is neither kept nor missed."""

    promise: str
    limit: float
    measured: float | None
    unit: str = ""

    def missed(self):
        return self.measured is not None and self.measured > self.limit

    def line(self):
        if self.measured is None:
            return f"- not measured: {self.promise}"
        word = "MISSED" if self.missed() else "kept"
        return f"- {word}: {self.promise}: {self.measured:.4g}{self.unit} (at most {self.limit:.4g}{self.unit})"
