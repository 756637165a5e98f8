"""An HTTPS server as Python has one: endpoint.py CERTIFICATE KEY; prints its port.

Asked without SNI it sends the alert handshake_failure; asked for `old.example.com` it speaks TLS 1.2 alone.
"""
import gzip
import http.server
import ssl
import sys


class Endpoint(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = gzip.compress(b"all systems go")
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def context():
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(sys.argv[1], sys.argv[2])
    return made


old = context()
old.maximum_version = ssl.TLSVersion.TLSv1_2


def by_name(connection, name, _context):
    if name is None:
        return ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE
    if name == "old.example.com":
        connection.context = old
    return None


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
outer = context()
outer.sni_callback = by_name
# The handshake is each connection's own affair, not the accepting thread's.
server.socket = outer.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(server.server_port, flush=True)
server.serve_forever()
