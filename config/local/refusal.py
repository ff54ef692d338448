"""What the local servers say when they cannot do their work."""


class ServerRefused(Exception):
    """A local server does not start or stop; the message is a sentence for the person at the terminal."""
