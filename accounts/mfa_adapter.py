"""How second factors differ from what allauth does by itself."""

from allauth.mfa.adapter import DefaultMFAAdapter

from accounts import encryption


class MfaAdapter(DefaultMFAAdapter):
    """Secrets are encrypted before they are kept."""

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)
