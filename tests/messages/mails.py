"""Mails as servers and people send them, shortened; `ID` stands for a message of ours, `TO` for whom it was to."""

ID, TO = "0190a6b2-1111-7000-8000-00000000abcd", "ann@example.org"


def report(*blocks: str, original: str = "", head: str = "", about: str = "message/rfc822") -> bytes:
    """A report as RFC 3464 has it, with the mail that it is about."""
    original = (
        original
        or f"Message-ID: <{ID}@dossier.example>\nFrom: claims@dossier.example\nTo: {TO}\nSubject: Papers\n\nDear Ann\n"
    )
    groups = "\n\n".join(blocks)
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: claims@dossier.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
{head}Content-Type: multipart/report; report-type=delivery-status; boundary="b1"
Message-Id: <20260301100000.7D2@mx.example.net>

--b1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
X-Postfix-Queue-ID: 7D2
Arrival-Date: Sun,  1 Mar 2026 10:00:00 +0000 (UTC)

{groups}

--b1
Content-Type: {about}

{original}
--b1--
""".encode()


def failed(status: str, diagnostic: str, action: str = "failed", to: str = TO) -> str:
    return f"Final-Recipient: rfc822; {to}\nOriginal-Recipient: rfc822;{to}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {diagnostic}"


POSTFIX = report(failed("5.1.1", f"550 5.1.1 <{TO}>: Recipient address rejected: User unknown"))
GMAIL = report(
    failed(
        "5.1.1",
        "550-5.1.1 The email account that you tried to reach does not exist. https://support.google.com/mail/?p=NoSuchUser",
    ),
    head="X-Failed-Recipients: ann@example.org\n",
    original=f"From: claims@dossier.example\nMessage-ID: <{ID}@dossier.example>\nTo: {TO}",
    about="text/rfc822-headers",
)
EXCHANGE = report(
    "Final-Recipient: rfc822;ann@example.org\nAction: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound;"
    " Recipient ann@example.org not found by SMTP address lookup\nX-Display-Name: Ann"
)
VAGUE = report(failed("5.0.0", "550 5.1.1 unknown user"))
FULL = report(failed("5.2.2", "552 5.2.2 mailbox full"))
EXPIRED = report(failed("4.4.1", "connect to mx.example.org[192.0.2.1]:25: Connection timed out"))
SPAM = report(failed("5.7.1", "554 5.7.1 Message rejected as spam"))
DELAYED = report(failed("4.4.1", "connection timed out", action="delayed"))
DELIVERED = report(failed("2.1.5", "250 2.1.5 OK", action="delivered"))
SEVERAL = report(
    failed("5.1.1", "550 5.1.1 no such user"), failed("2.0.0", "250 ok", action="relayed", to="bob@example.org")
)
EXIM = f"""Return-path: <>
X-Failed-Recipients: {TO}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.example.net>
To: claims@dossier.example
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1@mx.example.net>

This message was created automatically by mail delivery software.
A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.

  {TO}
    host mx.example.org [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<{TO}>:
    550 5.1.1 User unknown

------ This is a copy of the message, including all the headers. ------

Message-ID: <{ID}@dossier.example>
To: {TO}

Dear Ann
""".encode()
QMAIL = f"""Return-Path: <>
From: MAILER-DAEMON@qmail.example.net
To: claims@dossier.example
Subject: failure notice

Hi. This is the qmail-send program at qmail.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.

<{TO}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Message-ID: <{ID}@dossier.example>
""".encode()

AWAY_EXCHANGE = f"""From: Ann <{TO}>
To: case+KEY@in.dossier.example
Subject: Automatic reply: Your claim
In-Reply-To: <{ID}@dossier.example>
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
Message-ID: <away-1@example.org>

I am out of the office until Monday.
""".encode()
AWAY_GMAIL = f"""From: Ann <{TO}>
To: case+KEY@in.dossier.example
Subject: Away Re: Your claim
Precedence: bulk
X-Autoreply: yes
Auto-Submitted: auto-replied
Message-ID: <away-2@mail.gmail.com>

Back on Monday.
""".encode()
AWAY_OLD = f"""Return-Path: <>
From: Ann <{TO}>
To: case+KEY@in.dossier.example
Subject: =?utf-8?q?R=C3=A9ponse_automatique_=3A_votre_dossier?=
Message-ID: <away-3@example.org>

Je suis absente.
""".encode()
AWAY = (AWAY_EXCHANGE, AWAY_GMAIL, AWAY_OLD)

REPLY = f"""Return-Path: <{TO}>
From: =?utf-8?q?Ann_B=C3=A9?= <{TO}>
To: "Claims" <case+KEY@in.dossier.example>
Cc: claims@dossier.example
Subject: =?utf-8?b?UmU6IFZvdHJlIGRvc3NpZXI=?=
In-Reply-To: <{ID}@dossier.example>
References: <{ID}@dossier.example>
Message-ID: <reply-1@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="m"

--m
Content-Type: multipart/alternative; boundary="a"

--a
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

Voil=E0 mes papiers.

--a
Content-Type: text/html; charset="utf-8"

<p>Voil&agrave; mes <b>papiers</b>.</p>
--a--

--m
Content-Type: text/plain; name="=?utf-8?q?pi=C3=A8ce.txt?="
Content-Disposition: attachment; filename*=utf-8''pi%C3%A8ce.txt
Content-Transfer-Encoding: base64

RGVhciBhbGw=

--m--
""".encode()
HTML_ONLY = b"""From: ann@example.org
To: case+KEY@in.dossier.example
Subject: x
Message-ID: <html@example.org>
Content-Type: text/html; charset=utf-8

<html><head><style>p{}</style></head><body><p>One</p><p>Two &lt;3</p><script>alert(1)</script></body></html>
"""
