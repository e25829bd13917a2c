"""Letters "ALO1" (crypto/format/officer_letter.h): sealing one to protection officers, opening one that is sealed to an account's machine.

The body is XChaCha20-Poly1305. Python's `cryptography` has ChaCha20-Poly1305; the longer nonce takes one more step, HChaCha20.
"""

import hashlib
import hmac
import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import hpke

ADVERSE_ACTION, MEASURE_ORDER = 1, 3
LABEL, BODY_LABEL = b"alcove officer letter v1", b"alcove officer letter body v1"
KEY_SIZE, PADDED = 96, 4096


class CannotOpen(Exception):
    """It is no letter, not for this key, or was changed."""


def derive(key, label, context=b""):
    """HKDF-SHA256 without salt, 32 bytes."""
    pseudorandom = hmac.new(bytes(32), key, hashlib.sha256).digest()
    return hmac.new(pseudorandom, label + b"\0" + context + b"\1", hashlib.sha256).digest()


def hchacha20(key, nonce):
    """The 32 bytes that XChaCha20 uses as its key for the rest of the nonce."""
    words = list(struct.unpack("<4I8I4I", b"expand 32-byte k" + key + nonce))

    def quarter(a, b, c, d):
        for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            words[x] = (words[x] + words[y]) & 0xFFFFFFFF
            mixed = words[z] ^ words[x]
            words[z] = ((mixed << turn) | (mixed >> (32 - turn))) & 0xFFFFFFFF

    for _ in range(10):
        for column in range(4):
            quarter(column, column + 4, column + 8, column + 12)
        for at in range(4):
            quarter(at, 4 + (at + 1) % 4, 8 + (at + 2) % 4, 12 + (at + 3) % 4)
    return struct.pack("<8I", *words[:4], *words[12:])


def key_id_of(public_key):
    return hashlib.sha256(b"alcove key id v1\0" + b"\1" + public_key).digest()[:16]


def seal_letter(subject, organisation, name_id, public_keys, text):
    """A letter to every one of these machines. Its size tells how many they are and nothing else."""
    if len(text) >= PADDED:
        raise ValueError("a letter holds 4095 bytes")
    prefix = b"ALO1" + bytes([1, subject, 0, 0]) + organisation + name_id
    key = os.urandom(32)
    letter = prefix + derive(key, b"alcove key commitment v1", LABEL) + len(public_keys).to_bytes(2, "big")
    for public_key in public_keys:
        key_id = key_id_of(public_key)
        enc, wrapped = hpke.seal(public_key, LABEL + b"\0" + prefix + key_id, b"", key)
        letter += key_id + enc + wrapped
    nonce = os.urandom(24)
    padded = (text + b"\x80").ljust(PADDED, b"\0")
    cipher = ChaCha20Poly1305(hchacha20(derive(key, BODY_LABEL), nonce[:16]))
    return letter + nonce + cipher.encrypt(bytes(4) + nonce[16:], padded, letter)


def open_letter(letter, private_key, organisation, name_id):
    """What an order says, as bytes; CannotOpen for anything else."""
    if len(letter) < 74 or letter[:8] != b"ALO1" + bytes([1, MEASURE_ORDER, 0, 0]):
        raise CannotOpen("it is no order")
    count = int.from_bytes(letter[72:74], "big")
    body_at = 74 + KEY_SIZE * count
    if len(letter) != body_at + 24 + PADDED + 16 or letter[8:24] != organisation or letter[24:40] != name_id:
        raise CannotOpen("it is another organisation's, another order's, or cut")
    own = X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    key_id = key_id_of(own)
    for at in range(74, body_at, KEY_SIZE):
        if letter[at:at + 16] != key_id:
            continue
        try:
            key = hpke.open_sealed(private_key, letter[at + 16:at + 48], LABEL + b"\0" + letter[:40] + key_id, b"",
                                   letter[at + 48:at + KEY_SIZE])
        except hpke.CannotOpen as error:
            raise CannotOpen("the key does not open") from error
        if derive(key, b"alcove key commitment v1", LABEL) != letter[40:72]:
            raise CannotOpen("the key is not the one that everybody got")
        nonce, sealed = letter[body_at:body_at + 24], letter[body_at + 24:]
        try:
            padded = ChaCha20Poly1305(hchacha20(derive(key, BODY_LABEL), nonce[:16])).decrypt(
                bytes(4) + nonce[16:], sealed, letter[:body_at])
        except InvalidTag as error:
            raise CannotOpen("the body does not open") from error
        text = padded.rstrip(b"\0")
        if not text.endswith(b"\x80"):
            raise CannotOpen("padding")
        return text[:-1]
    raise CannotOpen("it is sealed to other machines than this one")
