"""The rules of the domain: pure functions over text, no I/O, no network, no Rasa.

Every function here takes what a patient typed, whatever it is, never raises on it, and takes time
linear in its length.
"""
