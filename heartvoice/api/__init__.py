"""The REST interface: what other programs of a clinic may read and do."""
