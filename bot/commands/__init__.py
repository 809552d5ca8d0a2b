"""What the commands of `sofy` do; each module is imported only when its command runs."""
