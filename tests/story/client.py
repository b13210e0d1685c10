"""A small HTTP client for the stories: the standard library alone, one connection, JSON in and out."""

import http.client
import json
import uuid


class Client:
    def __init__(self, port, token="me"):
        self.port = port
        self.token = token
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def send(self, method, path, body=None, content_type="application/json", header=None):
        """Status and JSON (or text) of any answer."""
        fields = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            fields["Content-Type"] = content_type
            if not isinstance(body, bytes):
                body = json.dumps(body).encode()
        fields.update(header or {})
        self.connection.request(method, path, body, fields)
        answer = self.connection.getresponse()
        raw = answer.read()
        if answer.getheader("Understudy-Contract"):
            raise AssertionError(f"{method} {path} broke the contract: {raw.decode()}")
        try:
            return answer.status, json.loads(raw)
        except ValueError:
            return answer.status, raw.decode()

    def call(self, method, path, body=None, **more):
        """The answer of a call that has to succeed."""
        status, answer = self.send(method, path, body, **more)
        if not 200 <= status < 300:
            raise AssertionError(f"{method} {path}: {status} {answer}")
        return answer

    def refused(self, wanted, method, path, body=None, **more):
        """The answer of a call that has to be refused with that status."""
        status, answer = self.send(method, path, body, **more)
        if status != wanted:
            raise AssertionError(f"{method} {path}: wanted {wanted}, found {status} {answer}")
        return answer

    def upload(self, method, path, parts):
        """A call with multipart/form-data. Each part is (name, value), where a value is text, something for JSON, or
        (file name, media type or None, bytes)."""
        boundary = uuid.uuid4().hex
        lines = []
        for name, value in parts:
            disposition = f'Content-Disposition: form-data; name="{name}"'
            kind = None
            if isinstance(value, tuple):
                file_name, kind, value = value
                disposition += f'; filename="{file_name}"'
            elif isinstance(value, str):
                value = value.encode()
            else:
                kind, value = "application/json", json.dumps(value).encode()
            lines += [f"--{boundary}".encode(), disposition.encode()]
            if kind:
                lines.append(f"Content-Type: {kind}".encode())
            lines += [b"", value]
        lines += [f"--{boundary}--".encode(), b""]
        return self.call(method, path, b"\r\n".join(lines), content_type=f"multipart/form-data; boundary={boundary}")


def same(found, wanted, what):
    if found != wanted:
        raise AssertionError(f"{what}: wanted {wanted!r}, found {found!r}")
