"""The embedded runtime: reads, trains and runs a Rasa project in one process."""
