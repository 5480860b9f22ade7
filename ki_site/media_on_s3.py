"""Uploads in an S3 bucket. Only settings name this module: without MEDIA_STORAGE_URL=s3://… it needs no package."""

from contextlib import closing

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

# Addresses of buckets by path: own servers have no name for each bucket.
CLIENT = Config(
    s3={"addressing_style": "path"},
    signature_version="s3v4",
    connect_timeout=3,
    read_timeout=10,
    retries={"total_max_attempts": 2},
    # What only Amazon understands is not asked of others.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class MediaOnS3(S3Storage):
    """The bucket stays private: visitors get what lies in it from us, under the same addresses as from a folder."""

    def __init__(self, **options):
        super().__init__(file_overwrite=False, default_acl=None, client_config=CLIENT, **options)

    def url(self, name):
        return settings.MEDIA_URL + filepath_to_uri(name)

    def find(self, name):
        """None if there is nothing of this name; OSError if the bucket does not answer."""
        try:
            return self.connection.meta.client.head_object(Bucket=self.bucket_name, Key=name)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 404):
                return None
            raise OSError("The bucket refuses us.") from error
        except BotoCoreError as error:
            raise OSError("The bucket does not answer.") from error

    def pieces(self, name, part, size):
        """The bytes of a range, as they come."""
        wanted = {"Bucket": self.bucket_name, "Key": name, "Range": f"bytes={part.start}-{part.stop - 1}"}
        with closing(self.connection.meta.client.get_object(**wanted)["Body"]) as body:
            yield from body.iter_chunks(size)
