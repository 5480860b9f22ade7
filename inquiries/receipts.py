"""Storing what was sent, once; the receipt is the proof of it."""

import json
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from .guard import count_submission
from .letters import notice_for
from .models import Inquiry

# So long the receipt can be read at its address; on a borrowed phone somebody else could open it.
READABLE = timedelta(hours=24)


def receipt_token(form, inquiry):
    """The same for the same words in the same opened form, and not to be guessed: only we know the key."""
    content = [
        form.cleaned_data["form_key"],
        inquiry.city_id,
        inquiry.kind,
        inquiry.page_id,
        inquiry.contact_id,
        inquiry.answers,
        *(getattr(inquiry, name) for name in ("subject", "message", "name", "phone", "email")),
    ]
    return salted_hmac("inquiries.receipt", json.dumps(content), algorithm="sha256").hexdigest()


def already_sent(inquiry):
    return Inquiry.objects.filter(receipt_token=inquiry.receipt_token).exists()


def store(inquiry, request, address_digest):
    """All of it or nothing. Two that store the same at once store it once."""
    try:
        with transaction.atomic():
            inquiry.save()
            if notice := notice_for(inquiry, request):
                notice.save()
            count_submission(address_digest, inquiry.received_at)
    except IntegrityError:
        if not already_sent(inquiry):
            raise


def is_readable(inquiry, instant):
    return instant < inquiry.received_at + READABLE
