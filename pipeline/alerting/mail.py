"""Mail by SMTP, with a part of text and a part of HTML. 4yz is tried again, 5yz is given up (RFC 5321, 4.2.1)."""

from __future__ import annotations

import datetime as dt
import hashlib
import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.alerting.configuration import MailServer
from pipeline.alerting.content import Content, plain
from schemas.delivery import Credentials
from schemas.errors import ReceiverRefuses, ReceiverUnavailable

PATIENCE_SECONDS = 15.0
LIMIT_BYTES = 200_000
_LASTING = 500
_PAGES = Environment(
    loader=PackageLoader("pipeline.alerting", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def send(
    content: Content, to: Sequence[str], server: MailServer, credentials: Credentials, key: str, at: dt.datetime
) -> None:
    """Send one mail to all addresses. Raises ReceiverUnavailable, and ReceiverRefuses where no address was taken for good."""
    mail = letter(content, to, server.sender, key, at)
    try:
        with _opened(server, credentials) as client:
            refused = client.send_message(mail, parseaddr(server.sender)[1], list(to))
    except smtplib.SMTPRecipientsRefused as error:
        raise _told(min(code for code, _ in error.recipients.values()), "no address was taken") from None
    except smtplib.SMTPResponseException as error:
        raise _told(error.smtp_code, type(error).__name__) from None
    except smtplib.SMTPNotSupportedError:
        raise ReceiverRefuses("the mail server does not sign in or encrypt as alerts.yml says") from None
    except (smtplib.SMTPException, OSError) as error:
        raise ReceiverUnavailable(f"no answer of the mail server: {type(error).__name__}") from None
    if refused:
        raise ReceiverRefuses(
            f"SMTP {min(code for code, _ in refused.values())}: {len(refused)} of {len(to)} addresses"
        )


def letter(content: Content, to: Sequence[str], sender: str, key: str, at: dt.datetime) -> EmailMessage:
    """The mail: text, and HTML beside it. Its id is the same at every try."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = content.title, sender, ", ".join(to)
    mail["Date"] = format_datetime(at)
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    mail["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(f"{plain(content, LIMIT_BYTES)}\n")
    mail.add_alternative(html(content), subtype="html")
    return mail


def html(content: Content) -> str:
    """The page of a mail."""
    return _PAGES.get_template("mail.html").render(content=content)


def _opened(server: MailServer, credentials: Credentials) -> smtplib.SMTP:
    if server.security == "tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=PATIENCE_SECONDS, context=ssl.create_default_context()
        )
    else:
        client = smtplib.SMTP(server.host, server.port, timeout=PATIENCE_SECONDS)
    if server.security == "starttls":
        client.starttls(context=ssl.create_default_context())
    if credentials.login:
        client.login(credentials.login, credentials.secret)
    return client


def _told(code: int, what: str) -> ReceiverRefuses | ReceiverUnavailable:
    return (ReceiverRefuses if code >= _LASTING else ReceiverUnavailable)(f"SMTP {code}: {what}")
