"""How messages come in and replies go out: REST, web chat, shell, and the pages of the demo."""
