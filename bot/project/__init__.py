"""Reads and checks the files of a Rasa project: domain, config, training data, endpoints, credentials."""
