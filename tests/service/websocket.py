"""A WebSocket client of a few lines, so that tests can send what a good client never would."""
import base64
import os
import socket
import struct

from running import PATIENCE_S

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class WebSocket:
    def __init__(self, address, path, origin=None, headers=()):
        self.socket = socket.create_connection(address, timeout=PATIENCE_S)
        lines = [f"GET {path} HTTP/1.1", f"Host: {address[0]}:{address[1]}", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}", "Sec-WebSocket-Version: 13", *headers]
        if origin:
            lines.append(f"Origin: {origin}")
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self.socket.recv(1)
            if not byte:
                break
            head += byte
        self.head = head.decode()
        self.status = int(head.split()[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, opcode, data, masked=True, final=True):
        size = len(data)
        head = bytes([(0x80 if final else 0) | opcode])
        flag = 0x80 if masked else 0
        if size < 126:
            head += bytes([flag | size])
        elif size < 65536:
            head += bytes([flag | 126]) + struct.pack(">H", size)
        else:
            head += bytes([flag | 127]) + struct.pack(">Q", size)
        if masked:
            mask = os.urandom(4)
            whole = int.from_bytes(mask * (size // 4 + 1), "big") >> (8 * (4 - size % 4))
            head += mask
            data = (int.from_bytes(data, "big") ^ whole).to_bytes(size, "big")
        self.socket.sendall(head + data)

    def announce(self, opcode, size):
        """The head of a large masked message, without a byte of it."""
        self.socket.sendall(bytes([0x80 | opcode, 0x80 | 127]) + struct.pack(">Q", size) + os.urandom(4))

    def receive(self):
        """Opcode and payload of the next frame; (None, b"") when the connection is closed."""
        head = self._exactly(2)
        if not head:
            return None, b""
        size = head[1] & 127
        if size == 126:
            size = struct.unpack(">H", self._exactly(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self._exactly(8))[0]
        return head[0] & 15, self._exactly(size)

    def close_code(self):
        """The code of the close frame that comes next, whatever comes before it."""
        while True:
            opcode, data = self.receive()
            if opcode in (None, CLOSE):
                return struct.unpack(">H", data[:2])[0] if len(data) >= 2 else None

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            try:
                more = self.socket.recv(count - len(data))
            except ConnectionResetError:
                return b""
            if not more:
                return b""
            data += more
        return data
