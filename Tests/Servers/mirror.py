"""A mirror for tests: serves the files of a folder on a free port of the loopback interface.

    python3 mirror.py FOLDER [MINUTES]

The first part of the address says how well it does it: /good/, /broken/ (status 500), /wrong/ (other
bytes), /truncated/ (breaks off half-way), /short/ (half a file that claims to be whole), /plain/
(whole files only, whatever range was asked for), /endless/ (never stops sending), /slow/ (100 bytes at
a time). The port is written to FOLDER/port, what was asked for to FOLDER/requests. It ends by itself
after ten minutes, or after MINUTES.
"""

import http.server
import os
import sys
import threading
import time

root = sys.argv[1]


class Mirror(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        mode, _, path = self.path.lstrip("/").partition("/")
        span = self.headers.get("Range", "")
        with open(f"{root}/requests", "a") as log:
            log.write(f"{self.path} {span}\n")
        try:
            with open(f"{root}/files/{path}", "rb") as file:
                body = file.read()
        except OSError:
            return self.send_error(404)
        if mode == "broken":
            return self.send_error(500)
        if mode == "wrong":
            body = bytes(255 - byte for byte in body)
        if mode == "short":
            body = body[: len(body) // 2]
        if mode == "endless":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(body)
            except OSError:
                return
        start = int(span[len("bytes=") :].split("-")[0]) if span and mode != "plain" else 0
        if start >= len(body) > 0 and start:
            return self.send_error(416)
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        if mode == "slow":
            try:
                for place in range(start, len(body), 100):
                    self.wfile.write(body[place : place + 100])
                    time.sleep(0.2)
            except OSError:
                pass
            return
        self.wfile.write(body[start : len(body) // 2 if mode == "truncated" else len(body)])

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, address):
        # A client that was killed is what the tests are about.
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, address)


server = Server(("127.0.0.1", 0), Mirror)
with open(f"{root}/port.new", "w") as file:
    file.write(str(server.server_address[1]))
os.rename(f"{root}/port.new", f"{root}/port")
minutes = float(sys.argv[2]) if len(sys.argv) > 2 else 10
threading.Timer(60 * minutes, lambda: os._exit(0)).start()
server.serve_forever()
