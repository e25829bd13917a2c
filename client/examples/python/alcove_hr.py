#!/usr/bin/env python3
"""An HR system that talks to Alcove: signs in with a service account's key, tells the service who works here, and carries out orders.

    bash stubs.sh DIR                       once: Python's side of the contract
    PYTHONPATH=DIR python3 alcove_hr.py --org alcove.org --key alcove.key sync employees.csv
    ... events --resume token --seconds 3   a line for everything that happened since the last time
    ... orders                              what is to be carried out, opened on this machine
    ... done measureOrders/...              it was, today

To read along: `Organisation`, `Account` and `verified_directory` are what every client needs, the rest are uses of it.
Nothing here knows a case: the account's roles let it tell who works here and hear what it is to do, and learn nothing of why.

Needs python3-grpcio, python3-protobuf and python3-cryptography.
Exit status: 0 done, 1 refused by the service (its reason is printed), 2 wrong usage, 3 out of reach, 4 a signature does not verify.
"""

import argparse
import base64
import csv
import datetime
import hashlib
import os
import ssl
import stat
import sys
import threading
import uuid

import grpc
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from alcove.sealed.v1 import sealed_pb2 as sealed
from alcove.v1 import hr_service_pb2 as hr
from alcove.v1 import hr_service_pb2_grpc as hr_grpc
from alcove.v1 import ledger_service_pb2 as ledger
from alcove.v1 import ledger_service_pb2_grpc as ledger_grpc
from alcove.v1 import session_service_pb2 as session
from alcove.v1 import session_service_pb2_grpc as session_grpc
from alcove.v1 import resources_pb2 as resources
from google.rpc import error_details_pb2, status_pb2
from google.type import date_pb2

import letter

ROWS_OF_A_PAGE = 128
DEADLINE = 30  # seconds


class Unverified(Exception):
    """What the service sent does not check. Nothing was sent to it after that."""


class WrongUsage(Exception):
    """A file that is not what it should be."""


def lines_of(path, first):
    """The lines of a text of one form, as (word, value); the first line says what it is."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    if lines[0] != first:
        raise WrongUsage(f"{path} does not begin with `{first}`")
    return [tuple(line.split(" ", 1)) for line in lines[1:] if " " in line]


def id_bytes(text):
    """The 16 bytes of an id: 26 characters of base32 without padding."""
    return base64.b32decode(text.upper() + "=" * 6)


class Organisation:
    """The organisation file, which comes by a way of its own and never from the service (crypto/format/organisation.h)."""

    def __init__(self, path):
        self.roots, self.tls_roots = {}, []
        for word, value in lines_of(path, "alcove.organisation.v1"):
            if word == "id":
                self.id = id_bytes(value)
            elif word == "address":
                self.address = value
            elif word == "root":
                name, key = value.split(" ")
                self.roots[name] = base64.b64decode(key)
            elif word == "threshold":
                self.threshold = int(value)
            elif word == "tls-root":
                self.tls_roots.append(ssl.DER_cert_to_PEM_cert(base64.b64decode(value)))

    def connect(self, address=None, certificate=None, certificate_key=None):
        """TLS always. With a client certificate that the directory names for the account, no session is needed."""
        trusted = "".join(self.tls_roots).encode() or None
        own = {}
        if certificate:
            with open(certificate, "rb") as chain, open(certificate_key, "rb") as key:
                own = {"certificate_chain": chain.read(), "private_key": key.read()}
        return grpc.secure_channel(address or self.address, grpc.ssl_channel_credentials(root_certificates=trusted, **own))


class Account:
    """A service account's key file, closed to others (crypto/format/keyfile.h)."""

    def __init__(self, path):
        if stat.S_IMODE(os.stat(path).st_mode) & 0o077:
            raise WrongUsage(f"others can read {path}: chmod 600 {path}")
        fields = dict(lines_of(path, "alcove.key.v1"))
        if fields["protection"] != "none":
            raise WrongUsage(f"{path} is sealed under a passphrase, which an example does not ask for")
        private = base64.b64decode(fields["private"])
        self.name = fields["name"]
        self.signing = Ed25519PrivateKey.from_private_bytes(private[32:64])
        self.decryption = private[:32]


def verified_directory(note, roots, threshold, organisation, today):
    """The text of a directory that enough root holders signed (C2SP signed note), as a list of (word, value).

    Version 1 is signed by the roots of the organisation file. Later versions are signed by the roots of the version before; a client
    that lives for long walks from one to the next, as client/lib/directory.h does."""
    text, separator, signatures = note.partition("\n\n")
    if not separator:
        raise Unverified("the directory is no signed note")
    text += "\n"
    signers = set()
    for line in signatures.splitlines():
        if not line.startswith("\u2014 ") or line.count(" ") != 2:
            raise Unverified("a signature line of the directory is malformed")
        _, name, encoded = line.split(" ")
        raw = base64.b64decode(encoded)
        for root, key in roots.items():
            signs_as = "alcove.root/" + root
            key_hash = hashlib.sha256(signs_as.encode() + b"\n\x01" + key).digest()[:4]
            if name != signs_as or raw[:4] != key_hash:
                continue
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(raw[4:], text.encode())
            except InvalidSignature as error:
                raise Unverified(f"the signature of {root} under the directory is wrong") from error
            signers.add(root)
    if len(signers) < threshold:
        raise Unverified(f"{len(signers)} root holders signed the directory; {threshold} must")
    lines = [tuple(line.split(" ", 1)) if " " in line else (line, "") for line in text.split("\n")[1:-1]]
    fields = dict(line for line in lines if line[0] in ("organisation", "valid-from", "valid-until"))
    if id_bytes(fields["organisation"]) != organisation:
        raise Unverified("the directory is another organisation's")
    if not fields["valid-from"] <= today.isoformat() <= fields["valid-until"]:
        raise Unverified("the directory is not valid today")
    return lines


def officers_of(lines):
    """The encryption key of every machine of every protection officer: whom plans are sealed to."""
    keys, of_person = [], []
    for word, value in lines:
        if word == "person":
            of_person = []
        elif word == "device":
            of_person.append(base64.b64decode(value.split(" ")[0]))
        elif (word, value) == ("role", "protection_officer"):
            keys += of_person
    return keys


def directory_of(channel, organisation, today):
    """Walks from version 1, which the organisation file's roots signed, to the newest."""
    stub = ledger_grpc.LedgerServiceStub(channel)
    newest = stub.GetDirectory(ledger.GetDirectoryRequest(), timeout=DEADLINE).note.decode()
    version = int(next(line for line in newest.split("\n") if line.startswith("version ")).split(" ")[1])
    roots, threshold, lines, previous = organisation.roots, organisation.threshold, [], "-"
    for number in range(1, version + 1):
        last = number == version
        note = newest if last else stub.GetDirectory(ledger.GetDirectoryRequest(version=number), timeout=DEADLINE).note.decode()
        # An older version need not be valid today: what counts is who signed it, and whom it names.
        fields = dict(line.split(" ", 1) for line in note.partition("\n\n")[0].split("\n")[1:] if " " in line)
        day = today if last else datetime.date.fromisoformat(fields["valid-from"])
        lines = verified_directory(note, roots, threshold, organisation.id, day)
        if dict(lines).get("previous") != previous:
            raise Unverified("a version of the directory does not follow the one before it")
        previous = base64.b64encode(hashlib.sha256((note.partition("\n\n")[0] + "\n").encode()).digest()).decode()
        roots = {value.split(" ")[0]: base64.b64decode(value.split(" ")[1]) for word, value in lines if word == "root"}
        threshold = int(dict(lines)["threshold"])
    directory = dict(line for line in lines if line[0] in ("version", "log"))
    directory["officers"] = officers_of(lines)
    return directory


def sign_in(channel, organisation, account, log_key):
    """A bearer token for 15 minutes: the signature covers the service's log key, so it opens nothing anywhere else."""
    stub = session_grpc.SessionServiceStub(channel)
    principal = "staff/" + account.name
    challenge = stub.CreateChallenge(session.CreateChallengeRequest(principal=principal), timeout=DEADLINE)
    if challenge.price:
        raise WrongUsage("the service asks every caller for work at the moment; try again in a minute")
    statement = organisation.id + log_key + bytes([len(principal)]) + principal.encode() + challenge.nonce
    signature = account.signing.sign(b"alcove sign-in v1\0" + statement)
    opened = stub.CreateSession(
        session.CreateSessionRequest(principal=principal, nonce=challenge.nonce, signature=signature), timeout=DEADLINE)
    return (("authorization", "Bearer " + base64.urlsafe_b64encode(opened.token).decode().rstrip("=")),)


def identifier(text):
    """The one normal form (crypto/format/tag.h): printable ASCII, numbers in upper case, addresses in lower case."""
    text = text.strip()
    if not text.isascii() or not text.isprintable():
        raise WrongUsage("an identifier holds other than printable ASCII")
    return "mail:" + text.lower() if "@" in text else "emp:" + text.upper()


def row_of(line):
    """One line of the CSV file, as `alcove hr sync` reads it: number,mail,manager,dotted,delegate,relation,left."""
    def people(field):
        return [identifier(one) for one in (line.get(field) or "").split(";") if one.strip()]
    return hr.ChartRow(identifiers=people("number") + people("mail"), manager=(people("manager") or [""])[0],
                       dotted=people("dotted"), delegates=people("delegate"), relations=people("relation"),
                       left=line.get("left") == "yes")


def sync(channel, authorization, path, validate_only):
    """Tells who works here and who stands by whom: begins, uploads pages, commits all of it at once."""
    stub = hr_grpc.HrServiceStub(channel)
    with open(path, newline="", encoding="utf-8") as file:
        rows = [row_of(line) for line in csv.DictReader(file)]
    # A request id is drawn once an act, and sent again unchanged when the line breaks: then it is done at most once.
    begun = stub.CreateSync(hr.CreateSyncRequest(request_id=str(uuid.uuid4()), mode=hr.SYNC_MODE_FULL),
                            metadata=authorization, timeout=DEADLINE)
    pages = [rows[at:at + ROWS_OF_A_PAGE] for at in range(0, len(rows), ROWS_OF_A_PAGE)]
    for number, page in enumerate(pages):
        stub.UploadSyncPage(hr.UploadSyncPageRequest(name=begun.name, page=number, rows=page),
                            metadata=authorization, timeout=DEADLINE)
    return stub.CommitSync(hr.CommitSyncRequest(request_id=str(uuid.uuid4()), name=begun.name, pages=len(pages),
                                                validate_only=validate_only), metadata=authorization, timeout=300)


def day_text(day):
    return f"{day.year:04}-{day.month:02}-{day.day:02}"


def watch(channel, authorization, token_file, seconds):
    """Prints a line for each event and then keeps its token: whoever stops in between is told of it again, so nothing is lost."""
    token = b""
    if os.path.exists(token_file):
        with open(token_file, "rb") as file:
            token = file.read()
    watching = hr_grpc.HrServiceStub(channel).WatchEvents(hr.WatchEventsRequest(resume_token=token), metadata=authorization)
    leaving = threading.Timer(seconds, watching.cancel)
    leaving.start()
    try:
        for told in watching:
            print(day_text(told.event.time), told.event.type, told.event.subject, flush=True)
            with open(token_file + ".new", "wb") as file:
                file.write(told.resume_token)
            os.replace(token_file + ".new", token_file)
    except grpc.RpcError as error:
        # CANCELLED: it was enough. Else a real system signs in again and goes on, as when the session ends after 15 minutes.
        if error.code() != grpc.StatusCode.CANCELLED:
            raise
    finally:
        leaving.cancel()


def orders(channel, authorization, account, organisation):
    """Every order that waits, opened: (name, last day, words or None where it is sealed to other machines)."""
    stub = hr_grpc.HrServiceStub(channel)
    request = hr.ListMeasureOrdersRequest(state=resources.ORDER_STATE_WAITING)
    while True:
        page = stub.ListMeasureOrders(request, metadata=authorization, timeout=DEADLINE)
        for order in page.orders:
            words = sealed.MeasureOrder()
            try:
                words.ParseFromString(letter.open_letter(order.letter, account.decryption, organisation.id,
                                                         id_bytes(order.name.split("/")[1])))
            except letter.CannotOpen:
                words = None
            yield order.name, day_text(order.due), words
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def done(channel, authorization, name, today):
    """Says that an order was carried out. Once; the answer is empty."""
    hr_grpc.HrServiceStub(channel).ReportMeasureOrder(
        hr.ReportMeasureOrderRequest(request_id=str(uuid.uuid4()), name=name, outcome=resources.ORDER_STATE_EXECUTED,
                                     done=date_pb2.Date(year=today.year, month=today.month, day=today.day)),
        metadata=authorization, timeout=DEADLINE)


def submit(channel, authorization, organisation, officers, options):
    """Submits what is planned against an employee, before it is done. The service sees whom it is about; why, only the officers read."""
    if not officers:
        raise WrongUsage("the directory lists no protection officer")
    effective = datetime.date.fromisoformat(options.effective)
    words = sealed.AdverseAction(identifiers=[identifier(options.employee)], kind=options.kind, reason=options.reason,
                                 effective=date_pb2.Date(year=effective.year, month=effective.month, day=effective.day))
    action = os.urandom(16)
    request = hr.SubmitAdverseActionRequest(
        request_id=str(uuid.uuid4()), employee=identifier(options.employee),
        letter=letter.seal_letter(letter.ADVERSE_ACTION, organisation.id, action, officers, words.SerializeToString()))
    answer = hr_grpc.HrServiceStub(channel).SubmitAdverseAction(request, metadata=authorization, timeout=DEADLINE)
    if id_bytes(answer.name.split("/")[1]) != action:
        print("another plan about this employee is pending under this name", file=sys.stderr)
    print(answer.name)


def state_of(channel, authorization, name):
    """PENDING, CLEARED, NOT_CLEARED or CANCELLED."""
    answer = hr_grpc.HrServiceStub(channel).GetAdverseAction(
        hr.GetAdverseActionRequest(name=name), metadata=authorization, timeout=DEADLINE)
    return hr.AdverseActionState.Name(answer.state).removeprefix("ADVERSE_ACTION_STATE_")


def reason_of(error):
    """The service's own reason, `CALLER_NOT_ALLOWED` for instance; empty when it has none."""
    for key, value in error.trailing_metadata() or ():
        if key != "grpc-status-details-bin":
            continue
        info = error_details_pb2.ErrorInfo()
        for detail in status_pb2.Status.FromString(value).details:
            if detail.Unpack(info) and info.domain == "alcove":
                return info.reason.removeprefix("ERROR_REASON_")
    return ""


def main():
    parser = argparse.ArgumentParser(description="An HR system that talks to Alcove.")
    parser.add_argument("--org", required=True, help="the organisation file")
    parser.add_argument("--key", help="the service account's key file")
    parser.add_argument("--certificate", help="instead of --key: the account's certificate, PEM")
    parser.add_argument("--certificate-key", help="the certificate's private key, PEM")
    parser.add_argument("--address", help="of the listener for HR systems, when it is not the organisation file's")
    parser.add_argument("--today", default=datetime.date.today().isoformat(), help=argparse.SUPPRESS)
    verbs = parser.add_subparsers(dest="verb", required=True)
    command = verbs.add_parser("sync", help="tell who works here")
    command.add_argument("file", help="CSV: number,mail,manager,dotted,delegate,relation,left")
    command.add_argument("--validate-only", action="store_true", help="say what would change, and change nothing")
    command = verbs.add_parser("events", help="a line for everything that happened")
    command.add_argument("--resume", required=True, help="go on from the token in this file, and keep the newest there")
    command.add_argument("--seconds", type=int, default=600, help="stop after so many seconds")
    verbs.add_parser("orders", help="what is to be carried out")
    command = verbs.add_parser("done", help="it was carried out, today")
    command.add_argument("order", help="measureOrders/...")
    command = verbs.add_parser("submit", help="ask whether something planned may be done")
    command.add_argument("--employee", required=True, help="a staff number or an address")
    command.add_argument("--kind", required=True, help="a code of the taxonomy's adverse_action")
    command.add_argument("--effective", required=True, help="YYYY-MM-DD")
    command.add_argument("--reason", default="")
    command = verbs.add_parser("show", help="what came of it")
    command.add_argument("action", help="adverseActions/...")
    options = parser.parse_args()
    today = datetime.date.fromisoformat(options.today)
    try:
        if bool(options.key) == bool(options.certificate and options.certificate_key):
            raise WrongUsage("say --key, or --certificate with --certificate-key")
        organisation = Organisation(options.org)
        account = Account(options.key) if options.key else None
        with organisation.connect(options.address, options.certificate, options.certificate_key) as channel:
            directory = directory_of(channel, organisation, today)
            authorization = sign_in(channel, organisation, account, base64.b64decode(directory["log"])) if account else ()
            if options.verb == "events":
                watch(channel, authorization, options.resume, options.seconds)
                return 0
            if options.verb == "orders":
                if account is None:
                    raise WrongUsage("orders are sealed to the account's own key: say --key")
                for name, due, words in orders(channel, authorization, account, organisation):
                    people = [", ".join(person.identifiers) for person in words.people] if words else []
                    print(name, "by", due, f"{words.kind}, {words.reason}: {'; '.join(people)}" if words else "cannot be opened here")
                return 0
            if options.verb == "submit":
                submit(channel, authorization, organisation, directory["officers"], options)
                return 0
            if options.verb == "show":
                print(state_of(channel, authorization, options.action))
                return 0
            if options.verb == "done":
                done(channel, authorization, options.order, today)
                return 0
            answer = sync(channel, authorization, options.file, options.validate_only)
            counts = answer.counts
            print(f"chart version {answer.version}{' would be' if options.validate_only else ''} in force: {counts.after} people, "
                  f"{counts.added} added, {counts.changed} changed, {counts.removed} removed")
            return 0
    except grpc.RpcError as error:
        reason = reason_of(error)
        print(f"refused: {reason}" if reason else f"out of reach: {error.code().name}", file=sys.stderr)
        return 1 if reason else 3
    except Unverified as error:
        print(f"does not verify: {error}. Nothing was sent.", file=sys.stderr)
        return 4
    except (WrongUsage, OSError, KeyError, ValueError) as error:
        print(f"wrong usage: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
