"""Rasa itself as the engine: it decides what comes next, and sees of each message a number and a meaning only.

Patients' messages come to our channels as always. Rasa gets a ticket in place of the words (`tickets`, `engine`), and
asks us back what the ticket means, what its actions do and how its responses read (`desk`).
"""
