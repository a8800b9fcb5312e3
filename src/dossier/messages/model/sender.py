"""Whether other mail servers will believe a sender: what its domain says in DNS (SPF, RFC 7208; DKIM, RFC 6376; DMARC, RFC 7489)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dossier.foundation.messages import Message as Sentence
from dossier.foundation.text import gettext_noop

Verdict = Literal["good", "warning", "bad"]
SELECTORS = ("default", "dkim", "mail", "dossier", "google", "selector1", "selector2", "k1", "s1")
"""Where keys of DKIM often are; only who signs knows where theirs is."""
SELECTOR = re.compile(r"(?=.{1,63}\Z)[A-Za-z0-9]+([_-]+[A-Za-z0-9]+)*(\.[A-Za-z0-9]+([_-]+[A-Za-z0-9]+)*)*")

_SPF = {
    0: gettext_noop("The domain does not say which servers may send for it: other servers may take its mails for spam. Add a TXT record such as “v=spf1 mx -all”."),
    2: gettext_noop("The domain has several SPF records, and so none that counts (RFC 7208 section 4.5). Make one of them."),
}  # fmt: skip
_ANYBODY = gettext_noop("The SPF record lets everybody send for the domain. End it with “-all” or “~all”.")
_SPF_GOOD = gettext_noop("The domain says which servers may send for it: “{record}”. Yours must be among them.")
_DKIM_NONE = gettext_noop("No key of DKIM was found. Have your mail server sign, and say here which selector it uses.")
_DKIM_GOOD = gettext_noop("There is a key of DKIM under “{selector}”.")
_DMARC_NONE = gettext_noop(
    "The domain does not say what is to become of forged mails. Add a TXT record _dmarc, such as “v=DMARC1; p=none”."
)
_DMARC_GOOD = gettext_noop("The domain says what is to become of forged mails: “{record}”.")
NOT_KNOWN = gettext_noop("DNS did not answer; look again later.")


@dataclass(frozen=True, slots=True)
class Record:
    """What a domain says in one respect, and how good that is."""

    name: Literal["SPF", "DKIM", "DMARC"]
    verdict: Verdict
    says: Sentence


def spf(texts: Sequence[str]) -> Record:
    """Which servers may send for the domain, from its TXT records."""
    found = [each for each in texts if re.fullmatch(r"v=spf1( .*)?", each.strip(), re.IGNORECASE)]
    if len(found) != 1:
        return Record("SPF", "bad", Sentence(_SPF[min(len(found), 2)]))
    if re.search(r" \+?all\b", found[0], re.IGNORECASE):
        return Record("SPF", "bad", Sentence(_ANYBODY))
    return Record("SPF", "good", Sentence(_SPF_GOOD, {"record": found[0].strip()}))


def dkim(by_selector: Mapping[str, Sequence[str]]) -> Record:
    """Whether there is a key by which mails of the domain are known to be its own."""
    for selector, texts in by_selector.items():
        if any(re.search(r"(^|;)\s*p=\s*[A-Za-z0-9+/]", each) for each in texts):
            return Record("DKIM", "good", Sentence(_DKIM_GOOD, {"selector": selector}))
    return Record("DKIM", "warning", Sentence(_DKIM_NONE))


def dmarc(texts: Sequence[str]) -> Record:
    """What is to become of mails that are not the domain's own."""
    found = [each for each in texts if each.strip().lower().startswith("v=dmarc1")]
    if len(found) == 1:
        return Record("DMARC", "good", Sentence(_DMARC_GOOD, {"record": found[0].strip()}))
    return Record("DMARC", "warning", Sentence(_DMARC_NONE))
