"""Tokenizers and featurizers."""
