"""The recipients' mail hosts: one SMTP server on port 25 of every loopback address.

The first letter of a recipient's local part says how it is answered:

    u  taken at once                      d  451 at the first RCPT, taken afterwards
    b  550 at RCPT                        c  554 after the message
    x  suppressed beforehand, never asked for

A copy counts from the moment its 250 was written.
"""
import asyncio
import threading
import time

from link import enter


class Sink:
    """Runs in a thread of its own; every attribute may be changed while it runs.

    refuse   a reply such as "451 4.3.0 later" to every MAIL, or None
    delay    seconds from the final dot to its answer
    copies   {recipient: [monotonic times of its 250s]}
    rejected {recipient: count of 5xx answers}
    namespace  the path of the network namespace to serve in, or None for the one that it is made in
    """

    def __init__(self, port=25, namespace=None):
        self.namespace = namespace
        self.port, self.refuse, self.delay = port, None, 0.0
        self.copies, self.rejected, self.deferred = {}, {}, {}
        self.connections, self._server = set(), None
        self._unheard = []
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def start(self):
        async def listen():
            if self.namespace:
                enter(self.namespace)
            self._server = await self._loop.create_server(
                lambda: _Conversation(self), "0.0.0.0", self.port, backlog=1000, reuse_address=True)
        asyncio.run_coroutine_threadsafe(listen(), self._loop).result(5)
        return self

    def stop(self):
        """Refuses connections and drops those that are open."""
        async def close():
            self._server.close()
            for connection in list(self.connections):
                connection.transport.abort()
            await asyncio.sleep(0)
        asyncio.run_coroutine_threadsafe(close(), self._loop).result(5)

    def total(self):
        return sum(map(len, list(self.copies.values())))

    def wait(self, copies, timeout=30):
        """Waits until so many copies came."""
        end = time.monotonic() + timeout
        while self.total() < copies:
            if time.monotonic() > end:
                raise TimeoutError(f"the sink got {self.total()} copies (expected: {copies})")
            time.sleep(0.01)

    def took(self, recipient):
        now = time.monotonic()
        self.copies.setdefault(recipient, []).append(now)
        return recipient, now

    def unheard(self):
        """The copies, as (recipient, time), after whose 250 nothing more came on their connection: nobody knows whether
        it was heard."""
        return {copy for copies in (self._unheard, *(c.last for c in list(self.connections))) for copy in copies}


class _Conversation(asyncio.Protocol):
    def __init__(self, sink):
        self.sink, self.buffer, self.recipients = sink, bytearray(), []
        self.in_data = self.waiting = False
        self.transport = self.refused = None
        self.last = []

    def connection_made(self, transport):
        self.transport = transport
        self.sink.connections.add(self)
        self.say("220 sink.example ESMTP")

    def connection_lost(self, exc):
        self.sink.connections.discard(self)
        self.sink._unheard += self.last

    def say(self, line):
        if not self.transport.is_closing():
            self.transport.write(line.encode() + b"\r\n")

    def data_received(self, data):
        self.buffer += data
        self.go_on()

    def go_on(self):
        while not self.waiting and not self.transport.is_closing():
            if self.in_data:
                end = self.buffer.find(b"\r\n.\r\n")
                if end < 0:
                    return
                del self.buffer[:end + 5]
                self.in_data = False
                if self.sink.delay:
                    self.waiting = True
                    asyncio.get_running_loop().call_later(self.sink.delay, self.after_wait)
                else:
                    self.end_of_message()
            else:
                end = self.buffer.find(b"\n")
                if end < 0:
                    return
                line = bytes(self.buffer[:end]).decode("ascii", "replace").strip()
                del self.buffer[:end + 1]
                self.command(line)

    def after_wait(self):
        self.waiting = False
        if not self.transport.is_closing():
            self.end_of_message()
            self.go_on()

    def end_of_message(self):
        bad = [r for r in self.recipients if r[0] == "c"]
        if bad:
            for recipient in bad:
                self.sink.rejected[recipient] = self.sink.rejected.get(recipient, 0) + 1
            self.say("554 5.7.1 not wanted")
        else:
            self.say("250 2.0.0 taken")
            self.last = [self.sink.took(recipient) for recipient in self.recipients]
        self.recipients = []

    def command(self, line):
        self.last = []
        verb = line[:4].upper()
        if verb == "EHLO":
            self.say("250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES")
        elif verb == "MAIL":
            self.recipients, self.refused = [], self.sink.refuse
            self.say(self.refused or "250 2.1.0 ok")
        elif verb == "RCPT":
            self.recipient(line[line.find("<") + 1:line.rfind(">")])
        elif verb == "DATA":
            if self.recipients:
                self.in_data = True
                self.say("354 go")
            else:
                self.say("503 5.5.1 no recipient")
        elif verb == "QUIT":
            self.say("221 2.0.0 bye")
            self.transport.close()
        elif verb in ("RSET", "NOOP", "HELO"):
            self.recipients = []
            self.say("250 2.0.0 ok")
        else:
            self.say("500 5.5.2 what")

    def recipient(self, address):
        sink = self.sink
        if self.refused or sink.refuse:
            self.say(self.refused or sink.refuse)    # also in the middle of a transaction: for now, not for good
        elif address[0] == "b":
            sink.rejected[address] = sink.rejected.get(address, 0) + 1
            self.say("550 5.1.1 nobody here")
        elif address[0] == "d" and not sink.deferred.get(address):
            sink.deferred[address] = 1
            self.say("451 4.7.1 come back later")
        else:
            self.recipients.append(address)
            self.say("250 2.1.5 ok")
