import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import migrations

FIELDS, ENCRYPTED = ("secret", "seed"), "gAAAA"


def cipher(key):
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))


def changed(data, change):
    """Return the data with each secret changed."""
    return {name: change(value) if name in FIELDS else value for name, value in data.items()}


def encrypt(apps, schema_editor):
    """Encrypt what was kept in clear text."""
    newest = cipher(settings.ENCRYPTION_KEYS[0])

    def encrypted(text):
        return text if text.startswith(ENCRYPTED) else newest.encrypt(text.encode()).decode()

    for authenticator in apps.get_model("mfa", "Authenticator").objects.select_for_update():
        authenticator.data = changed(authenticator.data, encrypted)
        authenticator.save(update_fields=["data"])


def decrypt(apps, schema_editor):
    """Keep the secrets in clear text again, as earlier releases read them."""
    ciphers = MultiFernet([cipher(key) for key in settings.ENCRYPTION_KEYS])

    def decrypted(text):
        return ciphers.decrypt(text.encode()).decode() if text.startswith(ENCRYPTED) else text

    for authenticator in apps.get_model("mfa", "Authenticator").objects.select_for_update():
        authenticator.data = changed(authenticator.data, decrypted)
        authenticator.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_log_of_invitations_is_append_only"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(encrypt, decrypt)]
