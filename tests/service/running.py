"""The real program, serving on a free port of this machine, and plain ways to talk to it."""
import gzip
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

# How long an answer may take. A sanitizer makes the program ten times slower, and more on a busy machine.
PATIENCE_S = float(os.environ.get("SERMO_PATIENCE_S", "60"))


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Running:
    def __init__(self, sermo, models, *arguments, ready=True):
        self.started = time.monotonic()
        self.process = subprocess.Popen([sermo, "serve", "--models", models, "--port", "0", *map(str, arguments)],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.listening_after_s = time.monotonic() - self.started
        found = re.fullmatch(r"Sermo is at (http://(.+):(\d+))\n", line)
        assert found, f"{line!r} {self.process.stderr.read()}"
        self.url, self.address = found[1], (found[2], int(found[3]))
        self.log = ""
        while ready and self.get("/readyz").status != 200:
            time.sleep(0.01)
        self.ready_after_s = time.monotonic() - self.started

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()

    def stop(self):
        """SIGTERM; gives the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self):
        try:
            _, self.log = self.process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return self.process.returncode

    def call(self, method, path, body=None, **headers):
        request = urllib.request.Request(self.url + path, data=body, method=method,
                                         headers={k.replace("_", "-"): v for k, v in headers.items()})
        if body is not None and "Content-type" not in request.headers:
            request.add_header("Content-Type", "application/octet-stream")
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def get(self, path, **headers):
        return self.call("GET", path, **headers)

    def post(self, path, body, **headers):
        return self.call("POST", path, body, **headers)

    def connect(self):
        return socket.create_connection(self.address, timeout=PATIENCE_S)

    def raw(self, data, shut=False):
        """What comes back on a connection of its own until the service closes it or says nothing for long."""
        with self.connect() as connection:
            connection.sendall(data)
            if shut:
                connection.shutdown(socket.SHUT_WR)
            return read_all(connection)

    def metric(self, name):
        """The sum of all series of this name."""
        text = self.get("/metrics").body.decode()
        values = re.findall(rf"^{re.escape(name)}(?:{{.*}})? (\S+)$", text, re.MULTILINE)
        assert values, f"no {name}"
        return sum(map(float, values))

    def in_parallel(self, count, call):
        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(call, range(count)))


def read_all(connection):
    data = b""
    while True:
        try:
            more = connection.recv(65536)
        except (ConnectionResetError, TimeoutError):
            return data
        if not more:
            return data
        data += more


def statuses(raw):
    """Of the answers in what came back on a connection."""
    return [int(x) for x in re.findall(rb"HTTP/1\.1 (\d{3}) ", raw)]


def form(*parts, boundary="sermo-test"):
    """A multipart/form-data body and its content type; parts are (name, file name or None, bytes)."""
    body = b""
    for name, filename, data in parts:
        disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
        body += f"--{boundary}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + data + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def unzipped(answer):
    return gzip.decompress(answer.body) if answer.headers["Content-Encoding"] == "gzip" else answer.body


def samples(source):
    kinds = {".wav", ".mp3", ".ogg", ".flac", ".m4a", ".aac"}
    return sorted(p for p in (pathlib.Path(source) / "samples").iterdir() if p.suffix in kinds)
