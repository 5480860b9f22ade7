"""What a file remembers of its export, signed: it tells what has changed meanwhile and what is foreign."""

from dataclasses import asdict, dataclass, field

from django.core import signing

SALT = "exchange.manifest"


@dataclass
class Unit:
    """A text field or a block of the body, as it went out."""

    id: str
    source: str  # fingerprint of the German words
    codes: dict = field(default_factory=dict)
    outer: str = ""  # the tag around the block, which is not in the file
    shapes: list = field(default_factory=list)  # what a translation may look like: as the German one, or as it was
    # The translation that went out with it.
    at: int | None = None  # the place of its block
    target: str = ""
    state: str = "new"
    own_codes: dict = field(default_factory=dict)
    own_outer: str = ""
    # A block without words, such as a rule: not in the file, part of the text all the same.
    fixed: str = ""

    @property
    def field(self):
        return self.id.partition("-")[0]


@dataclass
class Manifest:
    page: int
    language: str
    version: int  # of the draft; 0 where there was none
    digests: dict  # of the whole German text
    blocks: list  # fingerprints of the blocks of the draft
    units: list

    def signed(self):
        return signing.dumps(asdict(self), salt=SALT, compress=True)

    @classmethod
    def from_signed(cls, text):
        """ValueError where it is not one of ours, or not whole."""
        try:
            data = signing.loads("".join(text.split()), salt=SALT)
        except signing.BadSignature as error:
            raise ValueError("not signed by this site") from error
        return cls(**data | {"units": [Unit(**unit) for unit in data["units"]]})
