"""A mail server for tests: python3 smtp_server.py PORT FOLDER [MODE]

Every mail that it takes is a file NNNN-RECIPIENT.eml in FOLDER; the file `ready` is there once it listens.
MODE: refuse=ADDRESS (that recipient gets 550), hang (never answers what comes after the mail's text), or nothing.
"""

import asyncio
import os
import sys

from aiosmtpd.smtp import SMTP

PORT, FOLDER, MODE = int(sys.argv[1]), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else ""
os.makedirs(FOLDER, exist_ok=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if MODE == "refuse=" + address:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if MODE == "hang":
            await asyncio.sleep(3600)
        for address in envelope.rcpt_tos:
            number = sum(name.endswith(".eml") for name in os.listdir(FOLDER))
            with open(os.path.join(FOLDER, f"{number:04d}-{address}.eml"), "wb") as mail:
                mail.write(envelope.content)
        return "250 OK"


async def main():
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Handler(), hostname="localhost"), "127.0.0.1", PORT)
    open(os.path.join(FOLDER, "ready"), "w").close()
    await server.serve_forever()


asyncio.run(main())
