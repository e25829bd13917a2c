#!/usr/bin/env python3
"""client/examples/python/hpke.py, held to RFC 9180's vectors and to what HPKE must refuse.

usage: hpke_test.py PROJECT
"""

import json
import os
import sys

PROJECT = os.path.abspath(sys.argv[1])
sys.path.insert(0, os.path.join(PROJECT, "client/examples/python"))
sys.dont_write_bytecode = True

import hpke  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey  # noqa: E402

failures = []


def check(what, good):
    if not good:
        failures.append(what)


def refused(act):
    try:
        act()
    except hpke.CannotOpen:
        return True
    return False


def vectors():
    folder = os.path.join(os.path.dirname(PROJECT), "shared/vectors/rfc9180")
    path = os.path.join(folder, "hpke_x25519_hkdfsha256_chacha20poly1305.json")
    if not os.path.exists(path):
        print(f"SKIPPED: {path} is not there; RFC 9180 was not checked against public vectors", file=sys.stderr)
        return 0
    count = 0
    with open(path, encoding="utf-8") as file:
        for vector in json.load(file):
            if (vector["mode"], vector["kem_id"], vector["kdf_id"], vector["aead_id"]) != (0, 0x20, 1, 3):
                continue
            raw = {name: bytes.fromhex(value) for name, value in vector.items() if isinstance(value, str)}
            first = vector["encryptions"][0]
            text, data, sealed = (bytes.fromhex(first[name]) for name in ("pt", "aad", "ct"))
            enc, ciphertext = hpke.seal(raw["pkRm"], raw["info"], data, text, X25519PrivateKey.from_private_bytes(raw["skEm"]))
            check("enc is the vector's", enc == raw["enc"])
            check("the ciphertext is the vector's", ciphertext == sealed)
            check("the vector opens", hpke.open_sealed(raw["skRm"], raw["enc"], raw["info"], data, sealed) == text)
            count += 1
    check("there is a vector of our suite", count > 0)
    return count


def refusals():
    own, other = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    public = hpke._raw(own.public_key())
    private = own.private_bytes_raw() if hasattr(own, "private_bytes_raw") else own.private_bytes(
        hpke.Encoding.Raw, __import__("cryptography").hazmat.primitives.serialization.PrivateFormat.Raw,
        __import__("cryptography").hazmat.primitives.serialization.NoEncryption())
    enc, sealed = hpke.seal(public, b"info", b"data", b"text")
    check("control: it opens", hpke.open_sealed(private, enc, b"info", b"data", sealed) == b"text")
    check("two seals of one text differ", hpke.seal(public, b"info", b"data", b"text")[1] != sealed)
    check("other info", refused(lambda: hpke.open_sealed(private, enc, b"inf0", b"data", sealed)))
    check("other data", refused(lambda: hpke.open_sealed(private, enc, b"info", b"dat4", sealed)))
    stranger = bytes(32 * [7])
    check("another key", refused(lambda: hpke.open_sealed(stranger, enc, b"info", b"data", sealed)))
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1:]
        check(f"a flipped bit at {at}", refused(lambda c=changed: hpke.open_sealed(private, enc, b"info", b"data", c)))
    check("a key of low order is not sealed to", refused(lambda: hpke.seal(bytes(32), b"info", b"data", b"text")))
    check("another's enc", refused(
        lambda: hpke.open_sealed(private, hpke._raw(other.public_key()), b"info", b"data", sealed)))


known = vectors()
refusals()
for failure in failures:
    print("FAILED", failure)
print(f"hpke.py: {known} vectors of RFC 9180, {len(failures)} failures")
sys.exit(1 if failures else 0)
