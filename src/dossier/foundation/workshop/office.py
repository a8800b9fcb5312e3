"""Office papers as PDF, by the operator's LibreOffice: without network, without macros, in a home that it has for itself."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
</oor:items>
"""


def work(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The PDF of `file`, made by `program`, in the folder `to`, the home of this process: `{file}`; nothing where it makes none."""
    to, file = Path(order["to"]), Path(order["file"])
    profile = to / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS)
    subprocess.run(
        [order["program"], f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nologo",
         "--nodefault", "--nolockcheck", "--convert-to", "pdf", "--outdir", str(to), str(file)],
        check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    made = to / f"{file.stem}.pdf"
    if made.exists():
        yield {"file": str(made)}
