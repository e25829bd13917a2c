"""HPKE (RFC 9180), base mode, one message: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.

Everything that Alcove seals to a person's device is sealed so. This file seals and opens single messages and does nothing
else: no psk and auth modes, no export, no second message. It is held to the RFC's vectors by tests/interop.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEM_ID, KDF_ID, AEAD_ID = 0x0020, 0x0001, 0x0003
KEM_SUITE = b"KEM" + KEM_ID.to_bytes(2, "big")
SUITE = b"HPKE" + b"".join(part.to_bytes(2, "big") for part in (KEM_ID, KDF_ID, AEAD_ID))


class CannotOpen(Exception):
    """The message is not for this key, not under this info or associated data, or was changed."""


def _hmac(key, data):
    mac = hmac.HMAC(key, hashes.SHA256())
    mac.update(data)
    return mac.finalize()


def _extract(suite, salt, label, material):
    return _hmac(salt or bytes(32), b"HPKE-v1" + suite + label + material)


def _expand(suite, key, label, info, length):
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    output, block = b"", b""
    for counter in range(1, -(-length // 32) + 1):
        block = _hmac(key, block + labelled + bytes([counter]))
        output += block
    return output[:length]


def _raw(key):
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _shared_secret(dh, enc, recipient):
    if dh == bytes(32):
        raise CannotOpen("a key of low order")
    prk = _extract(KEM_SUITE, b"", b"eae_prk", dh)
    return _expand(KEM_SUITE, prk, b"shared_secret", enc + recipient, 32)


def _key_and_nonce(shared, info):
    context = b"\0" + _extract(SUITE, b"", b"psk_id_hash", b"") + _extract(SUITE, b"", b"info_hash", info)
    secret = _extract(SUITE, shared, b"secret", b"")
    return _expand(SUITE, secret, b"key", context, 32), _expand(SUITE, secret, b"base_nonce", context, 12)


def seal(recipient, info, associated_data, plaintext, ephemeral=None):
    """(enc, ciphertext) for a 32-byte public key. `ephemeral` is for known answers only: never give one twice."""
    ephemeral = ephemeral or X25519PrivateKey.generate()
    enc = _raw(ephemeral.public_key())
    try:
        dh = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient))
    except ValueError as error:
        raise CannotOpen("a key of low order") from error
    key, nonce = _key_and_nonce(_shared_secret(dh, enc, recipient), info)
    return enc, ChaCha20Poly1305(key).encrypt(nonce, plaintext, associated_data)


def open_sealed(private_key, enc, info, associated_data, ciphertext):
    """The plaintext; CannotOpen for anything else."""
    own = X25519PrivateKey.from_private_bytes(private_key)
    try:
        dh = own.exchange(X25519PublicKey.from_public_bytes(enc))
    except ValueError as error:
        raise CannotOpen("a key of low order") from error
    key, nonce = _key_and_nonce(_shared_secret(dh, enc, _raw(own.public_key())), info)
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, ciphertext, associated_data)
    except InvalidTag as error:
        raise CannotOpen("it does not open") from error
