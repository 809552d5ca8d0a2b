"""The same conversations through Rasa 3.6.21 and through the embedded runtime (`make parity`, docs/parity.md)."""
