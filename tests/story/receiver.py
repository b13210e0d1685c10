"""A target of webhooks on this machine: it keeps what it is told and answers as it is told to."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
import time


class Message:
    def __init__(self, path, fields, raw):
        self.path = path
        self.fields = {name.lower(): value for name, value in fields.items()}
        self.raw = raw
        self.body = json.loads(raw)
        self.type = self.body.get("type")

    def content(self):
        """What stands in the member of the type's name."""
        return self.body[self.type]

    def signature(self, key):
        return hmac.new(key, self.raw, hashlib.sha256)


class Receiver:
    """answers is a list of what the next messages get: a status, or or "silence" (4 s of it). Behind its end
    all get 200. bodies are what is said to messages of a type; a "verify" gets its challenge back unless agrees is
    false."""

    def __init__(self):
        self.messages = []
        self.answers = []
        self.agrees = True
        self.bodies = {}
        self.changed = threading.Condition()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                receiver.take(self)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def take(self, handler):
        raw = handler.rfile.read(int(handler.headers["Content-Length"]))
        message = Message(handler.path, handler.headers, raw)
        with self.changed:
            answer = self.answers.pop(0) if self.answers else 200
            self.messages.append(message)
            self.changed.notify_all()
        if answer == "silence":
            time.sleep(4)
            return
        body = self.bodies.get(message.type, {})
        if message.type == "verify" and self.agrees:
            body = {"challenge": message.content()["challenge"]}
        text = json.dumps(body).encode()
        handler.send_response(answer)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    def wait(self, count, seconds=8):
        """Waits until there are so many messages; all that there are."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.messages) >= count, seconds)
            return list(self.messages)

    def types(self, count):
        """The types of the first so many, which have come by then. What comes too much is found by the next wait."""
        return [message.type for message in self.wait(count)]

    def forget(self):
        with self.changed:
            self.messages.clear()


def key_of(secret):
    return base64.b64decode(secret)


def until(what, seconds=8):
    """Asks until the answer is true; the answer."""
    for _ in range(int(seconds * 50)):
        answer = what()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError("it did not happen")
