"""Tests of a project: its conversations and its understanding."""
