"""What can go wrong in the portal; every message is French, for the staff who read it."""


class PortalError(Exception):
    """Base of the portal's errors: ``str(error)`` is one clear French sentence."""


class SettingsError(PortalError):
    """A setting is missing or makes no sense."""


class DatabaseUnavailableError(PortalError):
    """The database cannot be reached, opened or written to."""


class MailError(PortalError):
    """A mail could not be handed over (folder not writable, server refused or silent)."""


class UnknownClinicError(PortalError):
    """No clinic has this identifier."""


class UnsafeAuditFieldError(PortalError):
    """A caller tried to write into the audit trail something that may be a personal value."""


class UnknownAccountError(PortalError):
    """No account has this identifier, or it expired."""
