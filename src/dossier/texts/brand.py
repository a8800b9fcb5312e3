"""How the mails of a workspace look: its colour, logo and footer, and who they are signed by."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from dossier.texts.text import Text

if TYPE_CHECKING:
    from css_inline import CSSInliner

RIGHT_TO_LEFT = frozenset(("ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"))


@dataclass(frozen=True, slots=True)
class Brand:
    """`name`: the workspace's; `color` as `#rrggbb`; `logo`: its address, https or `cid:`; the texts have the names of a mail."""

    name: str = ""
    color: str = "#1f5fbf"
    logo: str | None = None
    signature: Text | None = None
    footer: Text | None = None


_STYLE = """
body { margin: 0; padding: 0; background: #f4f5f7; color: #1d2733; }
.frame { max-width: 600px; margin: 0 auto; padding: 24px 16px; font-family: system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif;
  font-size: 16px; line-height: 1.5; }
.head { padding: 0 0 16px; font-size: 18px; font-weight: 600; color: COLOR; }
.head img { max-height: 48px; max-width: 240px; height: auto; border: 0; }
.text { background: #ffffff; border-top: 4px solid COLOR; border-radius: 4px; padding: 24px; overflow-wrap: anywhere; }
.text a { color: COLOR; }
.text h1 { font-size: 22px; line-height: 1.3; margin: 0 0 16px; }
.text h2 { font-size: 18px; margin: 24px 0 8px; }
.text p, .text ul, .text ol, .text blockquote, .text pre, .text table { margin: 0 0 16px; }
.text blockquote { border-left: 3px solid #d5dae1; padding-left: 12px; color: #4a5666; }
.text pre { white-space: pre-wrap; }
.text table { border-collapse: collapse; width: 100%; }
.text th, .text td { border-bottom: 1px solid #d5dae1; padding: 6px 8px; text-align: left; vertical-align: top; }
.text hr { border: 0; border-top: 1px solid #d5dae1; }
.foot { padding: 16px 0 0; font-size: 13px; color: #4a5666; }
.foot p { margin: 0 0 8px; }
.foot a { color: #4a5666; }
@media (prefers-color-scheme: dark) {
  body { background: #14181d !important; color: #e6e9ee !important; }
  .text { background: #1e242c !important; color: #e6e9ee !important; }
  .text a { color: #9cc3ff !important; }
  .foot, .foot a, .text blockquote { color: #aab4c0 !important; }
}
"""


def page(language: str, subject: str, text: str, foot: str, brand: Brand) -> str:
    """A whole mail of parts that are clean HTML already; the rest is escaped here. Styles stand on each element, too."""
    direction = "rtl" if language.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"
    style = _STYLE.replace("COLOR", html.escape(brand.color))
    foot = f'<div class="foot">{foot}</div>' if foot else ""
    return _inliner().inline(
        f'<!DOCTYPE html><html lang="{html.escape(language)}" dir="{direction}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        f"<title>{html.escape(subject)}</title><style>{style}</style></head><body>"
        f'<div class="frame">{_head(brand)}<div class="text">{text}</div>{foot}</div></body></html>'
    )


_TEXT = re.compile(
    r'(<div class="text"[^>]*>)(.*?)(</div>(?:<div class="foot"[^>]*>.*)?</div></body></html>\s*)', re.DOTALL
)


def in_one(first: str, mails: Iterable[tuple[str, str]]) -> str:
    """Several mails of `page` as one, in the frame of the first: what each says, under a title."""
    said = "".join(
        f'<h2 dir="auto">{html.escape(title)}</h2>{found[2]}' for title, mail in mails if (found := _TEXT.search(mail))
    )
    return _TEXT.sub(lambda frame: frame[1] + said + frame[3], first)


def _head(brand: Brand) -> str:
    name = html.escape(brand.name)
    inside = f'<img src="{html.escape(brand.logo)}" alt="{name}" height="48">' if brand.logo else name
    return f'<div class="head">{inside}</div>' if inside else ""


@cache
def _inliner() -> "CSSInliner":
    """Fetches nothing, from nowhere."""
    from css_inline import CSSInliner  # noqa: PLC0415 - only who makes mails needs it

    return CSSInliner(load_remote_stylesheets=False, keep_style_tags=True, keep_at_rules=True)
