"""French as patients type it: spellings, words, features."""
