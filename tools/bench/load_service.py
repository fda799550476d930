"""How the service bears a crowd: answers a second, latency, errors and memory. Prints docs/service-load.md.

    tools/bench/load_service.py build/release/bin/sermo models ../shared/ravdess [--seconds 60] > docs/service-load.md

Clients are of this process, the service is its own; both share the machine's processors. Each of the connections posts a recording,
waits for the answer and posts the next. The second run does the same while idle connections hang on and slow senders drip.
"""
import argparse
import os
import pathlib
import platform
import random
import selectors
import socket
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/service"))
from running import Running  # noqa: E402


class Client:
    """A connection that posts one recording after another."""

    def __init__(self, load):
        self.load = load
        self.socket = None
        self.begin()

    def begin(self):
        if self.socket is None:
            self.socket = socket.create_connection(self.load.address)
            self.socket.setblocking(False)
            self.load.selector.register(self.socket, selectors.EVENT_WRITE, self)
        clip = random.choice(self.load.clips)
        head = f"POST {self.load.path} HTTP/1.1\r\nHost: x\r\nContent-Type: audio/flac\r\nContent-Length: {len(clip)}\r\n\r\n"
        self.unsent = memoryview(head.encode() + clip)
        self.received = b""
        self.begun = time.perf_counter()
        self.load.selector.modify(self.socket, selectors.EVENT_WRITE, self)

    def ready(self, events):
        try:
            if events & selectors.EVENT_WRITE:
                self.unsent = self.unsent[self.socket.send(self.unsent):]
                if not self.unsent:
                    self.load.selector.modify(self.socket, selectors.EVENT_READ, self)
                return
            data = self.socket.recv(65536)
        except OSError:
            data = b""
        if not data:
            return self.end("connection lost")
        self.received += data
        head, separator, body = self.received.partition(b"\r\n\r\n")
        if not separator:
            return
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        if len(body) < length:
            return
        status = int(head.split()[1])
        if status == 200:
            self.load.latencies.append(time.perf_counter() - self.begun)
            self.begin()
        else:
            self.end(f"status {status}")

    def end(self, why):
        self.load.errors[why] = self.load.errors.get(why, 0) + 1
        self.load.selector.unregister(self.socket)
        self.socket.close()
        self.socket = None
        self.begin()


class Hanger:
    """A connection that does nothing, or sends a byte a second; opened anew when the service closes it."""

    def __init__(self, load, slow):
        self.load, self.slow, self.socket = load, slow, None
        self.open()

    def open(self):
        if self.socket is not None:
            self.socket.close()
            self.load.reopened += 1
        self.socket = socket.create_connection(self.load.address)
        if self.slow:
            self.socket.sendall(f"POST {self.load.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n".encode())
        self.socket.setblocking(False)

    def tick(self):
        try:
            if self.slow:
                self.socket.send(b"x")
            if self.socket.recv(4096) == b"" or self.slow:
                self.open()
        except BlockingIOError:
            pass
        except OSError:
            self.open()


class Load:
    def __init__(self, service, clips, path, connections, idle=0, slow=0):
        self.address, self.clips, self.path = service.address, clips, path
        self.selector = selectors.DefaultSelector()
        self.latencies, self.errors, self.reopened = [], {}, 0
        self.hangers = [Hanger(self, False) for _ in range(idle)] + [Hanger(self, True) for _ in range(slow)]
        self.clients = [Client(self) for _ in range(connections)]

    def run(self, seconds):
        begun = time.perf_counter()
        next_tick = begun + 1
        while (now := time.perf_counter()) < begun + seconds:
            if now >= next_tick:
                next_tick += 1
                for hanger in self.hangers:
                    hanger.tick()
            for key, events in self.selector.select(timeout=0.1):
                key.data.ready(events)
        self.elapsed_s = time.perf_counter() - begun
        for connection in self.clients + self.hangers:
            connection.socket.close()
        return self


def memory_mb(service, field="VmRSS"):
    for line in pathlib.Path(f"/proc/{service.process.pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise LookupError(field)


def starts(sermo, models, clip, count=5):
    rows = []
    for _ in range(count):
        with Running(sermo, models, "--quiet") as service:
            service.post("/api/v1/predict", clip)
            rows.append((1e3 * service.listening_after_s, 1e3 * service.ready_after_s, 1e3 * (time.monotonic() - service.started),
                         memory_mb(service)))
    return [statistics.median(column) for column in zip(*rows)]


def row(name, load, before, after):
    latencies = sorted(load.latencies)
    at = lambda share: 1e3 * latencies[min(len(latencies) - 1, int(share * len(latencies)))]  # noqa: E731
    errors = ", ".join(f"{count} {why}" for why, count in load.errors.items()) or "none"
    return (f"| {name} | {len(latencies)} | {len(latencies) / load.elapsed_s:.1f} | {at(.5):.0f} ms | {at(.99):.0f} ms | {errors} | "
            f"{before:.0f} MB | {after:.0f} MB |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sermo")
    parser.add_argument("models")
    parser.add_argument("clips", type=pathlib.Path, help="folder of recordings")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--idle", type=int, default=500)
    parser.add_argument("--slow", type=int, default=50)
    parser.add_argument("--model", default="voice")
    options = parser.parse_args()
    random.seed(1)
    paths = sorted(p for p in options.clips.rglob("*") if p.suffix in {".flac", ".wav"})
    clips = [p.read_bytes() for p in random.sample(paths, min(len(paths), 200))]
    path = f"/api/v1/predict?model={options.model}"
    version = subprocess.run([options.sermo, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    cpu = next((line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
               platform.machine())

    others = os.getloadavg()[0]
    listening, ready, first, memory = starts(options.sermo, options.models, clips[0])
    with Running(options.sermo, options.models, "--quiet") as service:
        threads = int(service.metric("sermo_workers"))
        num_models = int(service.metric("sermo_models"))
        service.post(path, clips[0])
        before = memory_mb(service)
        plain = Load(service, clips, path, options.connections).run(options.seconds)
        time.sleep(1)
        between = memory_mb(service)
        crowded = Load(service, clips, path, options.connections, options.idle, options.slow).run(options.seconds)
        time.sleep(1)
        after, peak = memory_mb(service), memory_mb(service, "VmHWM")

    seconds = sum(len(clip) for clip in clips) / len(clips) / 1024
    print(f"""# The service under load
Written by `tools/bench/load_service.py`; {version}, {num_models} models, {threads} workers, {cpu}. Clients run on the same {threads} processors,
and before the run {others:.1f} other processes wanted them (the machine's load average): figures from a busy machine are upper bounds.

## Start
Medians of five starts, files in the system's cache. The original is the Streamlit app that Sermo starts from (Python, warm caches).

| | Sermo | the original |
|---|---|---|
| from start to listening | {listening:.0f} ms | |
| from start to ready with all models | {ready:.0f} ms | |
| from start to the first answer | {first:.0f} ms | 7,700 ms |
| memory then | {memory:.0f} MB | 950 MB |

## Load
{options.connections} connections post {len(clips)} recordings of {options.clips.name} ({seconds:.0f} kB on average) to `{path}` for {options.seconds:.0f} s, each
the next one as soon as it has its answer. Latency is from the first byte sent to the last byte received, so it holds the wait for a worker.

| | answers | a second | p50 | p99 | errors | memory before | after |
|---|---|---|---|---|---|---|---|
{row(f"{options.connections} connections", plain, before, between)}
{row(f"the same, with {options.idle} idle connections and {options.slow} slow senders", crowded, between, after)}

Connections that the service closed for idleness or slowness and that were opened anew: {crowded.reopened}. Peak memory over both runs: {peak:.0f} MB.""")


main()
