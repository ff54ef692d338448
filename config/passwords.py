"""What a password must not be."""

VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.passwords.CommonWordValidator"},
    {"NAME": "accounts.portal_words.PortalWordValidator"},
    {"NAME": "accounts.breached.BreachedPasswordValidator"},
]
