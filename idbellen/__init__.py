"""The ``idbellen`` command: wires the parts together, decides nothing itself."""
