"""The application: hands messages in over SMTP and remembers exactly how each one ended.

    accepted  the 250 after the final dot was read
    refused   a 4xx or 5xx, or the connection was lost before the message was complete
    unknown   the connection was lost after the final dot: either may be true
"""
import asyncio
import threading
import time

DOMAINS = 8
SUPPRESSED = 40          # x0 to x39 are on the suppression list of every world
SENDER = "sender.example"


def domain(number):
    return f"d{number % DOMAINS + 1:02d}.bench.example"


def recipients(number):
    """The recipients of a message; no address is used twice in a run."""
    if number % 50 == 7 and number // 50 < SUPPRESSED:
        return [f"x{number // 50}@d01.bench.example", f"u{number}@{domain(number)}"]
    if number % 40 == 3:
        return [f"b{number}@{domain(number)}"]
    if number % 40 == 13:
        return [f"d{number}@{domain(number)}"]
    if number % 80 == 23:
        return [f"c{number}@{domain(number)}"]
    if number % 10 == 5:
        return [f"u{number}.{i}@{domain(number + i)}" for i in range(3)]
    return [f"u{number}@{domain(number)}"]


class Load:
    """Sessions in a thread of their own, until so many messages were accepted (or are unknown).

    rate     messages a second in all, or None for as fast as they are taken
    size     octets of a body, or a function from the message's number
    limit    seconds until it gives up in any case
    """

    def __init__(self, accepted, sessions=16, rate=None, size=1500, limit=60, ports=(2525,),
                 per_connection=100, first=0, reply_timeout=60):
        self.goal, self.sessions, self.rate, self.size = accepted, sessions, rate, size
        self.limit, self.ports, self.per_connection = limit, ports, per_connection
        self.reply_timeout = reply_timeout
        self.ended = {}              # {recipient: "accepted" | "refused" | "unknown"}
        self.partners = {}           # {number: recipients of an accepted or unknown message}
        self.replies = {}            # {code: count} of refusals
        self.ack_times = []          # monotonic time of each 250
        self.accepted = self.refused = self.unknown = 0
        self._next, self._stopped = first, False
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def start(self):
        self._began = time.monotonic()
        self._thread.start()
        return self

    @property
    def running(self):
        return self._thread.is_alive()

    def stop(self):
        """Ends every session after the message that it is handing in."""
        self._stopped = True
        return self.finish()

    def finish(self):
        """Waits until the goal is reached."""
        self._thread.join(self.limit + self.reply_timeout + 5)
        if self._thread.is_alive():
            raise TimeoutError("the load did not end")
        return self

    def wait(self, accepted=0, refused=0, timeout=30):
        """Waits until so many messages were accepted and so many were refused, in all."""
        end = time.monotonic() + timeout
        while self.accepted < accepted or self.refused < refused:
            if time.monotonic() > end or not self._thread.is_alive():
                raise TimeoutError(
                    f"{self.accepted} accepted, {self.refused} refused {self.replies} "
                    f"(expected: {accepted} and {refused})")
            time.sleep(0.005)

    def _enough(self):
        return (self._stopped or self.accepted + self.unknown >= self.goal
                or time.monotonic() - self._began > self.limit)

    async def _run(self):
        await asyncio.gather(*(self._session(i) for i in range(self.sessions)))

    async def _session(self, index):
        while not self._enough():
            port = self.ports[index % len(self.ports)]
            try:
                reader, writer = await asyncio.wait_for(
                    asyncio.open_connection("127.0.0.1", port, limit=1 << 16), 5)
            except (OSError, asyncio.TimeoutError):
                index += 1                      # another node, if there is one
                await asyncio.sleep(0.05)
                continue
            try:
                await self._converse(reader, writer)
            except (OSError, EOFError, asyncio.TimeoutError, ValueError):
                index += 1
                await asyncio.sleep(0.05)
            finally:
                writer.close()

    async def _converse(self, reader, writer):
        if await self._reply(reader) != 220:
            raise EOFError
        writer.write(b"EHLO app.sender.example\r\n")
        if await self._reply(reader) != 250:
            raise EOFError
        for _ in range(self.per_connection):
            if self._enough():
                break
            if self.rate:
                while self._next > (time.monotonic() - self._began) * self.rate:
                    await asyncio.sleep(0.005)
                    if self._enough():
                        return
            number, self._next = self._next, self._next + 1
            await self._hand_in(reader, writer, number, recipients(number))
        writer.write(b"QUIT\r\n")

    async def _hand_in(self, reader, writer, number, to):
        ended = "refused"
        try:
            commands = [f"MAIL FROM:<news@{SENDER}>"] + [f"RCPT TO:<{r}>" for r in to] + ["DATA"]
            writer.write("".join(c + "\r\n" for c in commands).encode())
            codes = [await self._reply(reader) for _ in commands]
            if codes[-1] != 354:
                self._refused(next(c for c in codes if c >= 400))
                await asyncio.sleep(0.05)
                if 421 in codes:
                    raise EOFError
                writer.write(b"RSET\r\n")
                await self._reply(reader)
                return
            if any(c >= 400 for c in codes):
                raise AssertionError(f"replies {codes} to {to}")
            writer.write(self._message(number, to))
            ended = "unknown"
            code = await self._reply(reader)
            ended = "accepted" if code == 250 else "refused"
            if code != 250:
                self._refused(code)
                await asyncio.sleep(0.05)
        finally:
            for recipient in to:
                self.ended[recipient] = ended
            if ended == "accepted":
                self.accepted += 1
                self.ack_times.append(time.monotonic())
            elif ended == "unknown":
                self.unknown += 1
            else:
                self.refused += 1
            if ended != "refused":
                self.partners[number] = to

    def _refused(self, code):
        self.replies[code] = self.replies.get(code, 0) + 1

    def _message(self, number, to):
        size = self.size(number) if callable(self.size) else self.size
        line = f"Line of message {number}, of some sixty octets or a few more ...\r\n"
        return (f"From: News <news@{SENDER}>\r\nTo: {', '.join(to)}\r\n"
                f"Subject: Message {number}\r\nMIME-Version: 1.0\r\n"
                "Content-Type: text/plain; charset=utf-8\r\n\r\n"
                + line * (size // len(line) + 1) + ".\r\n").encode()

    async def _reply(self, reader):
        while True:
            line = await asyncio.wait_for(reader.readline(), self.reply_timeout)
            if not line.endswith(b"\n"):
                raise EOFError
            if line[3:4] != b"-":
                return int(line[:3])
