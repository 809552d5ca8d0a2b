"""The staff's commands of `sofy`, in French; nothing heavy is imported until one runs."""
