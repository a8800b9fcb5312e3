"""Runs an installed `dossier` as a newcomer would: serve with the example, paste the curl, stop."""

import os
import re
import signal
import subprocess
import sys
import time

import httpx

program, data = sys.argv[1:]
environment = {**os.environ, "DOSSIER_DATA_DIR": data, "PORT": "0"}
environment.pop("DATABASE_URL", None)
server = subprocess.Popen([program, "serve", "--demo"], env=environment, stderr=subprocess.PIPE, text=True)
said = ""
began = time.monotonic()
while "-d '" not in said:
    line = server.stderr.readline()
    assert line, f"the server ended: {said}"
    said += line
print(f"listening after {time.monotonic() - began:.1f} s")
curl = re.search(r"curl .*?-d '[^\n]*'", said, re.DOTALL)[0]
answer = subprocess.run(["bash", "-c", curl], capture_output=True, text=True, check=True).stdout
assert '"value":1840.50' in answer, answer
address = re.search(r"http://[^/ ]+", said)[0]
page = httpx.get(f"{address}/sign-in").text
assert "Sign in to Dossier" in page, page
style = re.search(r'href="(/assets/[^"]+)"', page)[1]
assert httpx.get(address + style).status_code == 200, style
listed = subprocess.run(
    [program, "workspace", "list", "--json"], env=environment, capture_output=True, text=True, check=True
)
assert '"slug": "demo"' in listed.stdout, listed
server.send_signal(signal.SIGINT)
server.communicate(timeout=60)
print("the wheel serves, and its curl and its pages work")
