"""Custom actions of the Sofy signup assistant, on rasa-sdk."""
