"""The forms: one module each, on the base of `base.ConversationForm`."""
