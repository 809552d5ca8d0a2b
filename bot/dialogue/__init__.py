"""The dialogue engine: what happens in one turn of a conversation, as Rasa 3.6 does it.

`engine.Engine` runs a turn. It asks `prediction` for the next action, runs it with `actions`, and logs events on
a `tracker.Tracker`, until the next action is to listen. `training` compiles rules and stories into a `core.Core`.
"""
