from django.utils.crypto import salted_hmac


def digest_of_key(key, prefix, version):
    """What is counted in the database names nobody: neither the account nor the address."""
    return salted_hmac("accounts.limits", f"{prefix}:{version}:{key}", algorithm="sha256").hexdigest()
