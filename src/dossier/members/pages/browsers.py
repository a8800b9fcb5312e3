"""A browser as its owner would call it, from what it says of itself (RFC 9110, User-Agent)."""

import re

# The first that is found counts: browsers also name those that they want to be taken for.
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
             ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Linux", "Linux"))  # fmt: skip


def called(agent: str | None) -> tuple[str, str]:
    """Browser with its version, and system: ("Firefox 140", "Windows"); “” for what it does not say."""
    text = agent or ""
    browser = next(((mark, name) for mark, name in _BROWSERS if mark + "/" in text or mark + "A/" in text), None)
    system = next((name for mark, name in _SYSTEMS if mark in text), "")
    if browser is None:
        return "", system
    version = re.search(r"Version/(\d+)" if browser[1] == "Safari" else rf"{browser[0]}A?/(\d+)", text)
    return f"{browser[1]} {version[1]}" if version else browser[1], system
