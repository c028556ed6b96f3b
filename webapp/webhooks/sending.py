"""Send one message: signed, to the address that was judged, without following where it points, within five seconds."""

from __future__ import annotations

import hashlib
import hmac
import ssl
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import httpx

from webapp.webhooks.addresses import Network, NotAllowed, Target, resolved

TIMEOUT_S = 5
READ_BYTES = 1024
UNREACHABLE, TIMED_OUT, FORBIDDEN, BAD_CERTIFICATE, REFUSED = "unreachable", "timed_out", "not_allowed", "bad_certificate", "refused"


def signature(secret: str, *, at: datetime, body: bytes) -> str:
    """HMAC-SHA256 in hex over the seconds since 1970, a dot and the body."""
    return hmac.new(secret.encode(), f"{int(at.timestamp())}.".encode() + body, hashlib.sha256).hexdigest()


def headers(key: UUID, event: str, body: bytes, *, secrets: Sequence[str], at: datetime) -> dict[str, str]:
    """``Zhijian-Signature: t=SECONDS,v1=HEX[,v1=HEX]``: one for each secret that is valid."""
    signed = ",".join(f"v1={signature(secret, at=at, body=body)}" for secret in secrets)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Zhijian-Webhook/1",
        "Zhijian-Event": event,
        "Zhijian-Delivery": str(key),
        "Zhijian-Signature": f"t={int(at.timestamp())},{signed}",
    }


def send(url: str, body: bytes, sent_headers: dict[str, str], *, inner: Sequence[Network]) -> tuple[int | None, str | None]:
    """The status the receiver answered, and what was wrong; (2xx, None) is a success."""
    try:
        status = _post(resolved(url, inner=inner), body, sent_headers)
    except NotAllowed:
        return None, FORBIDDEN
    except httpx.TimeoutException:
        return None, TIMED_OUT
    except httpx.HTTPError as error:
        return None, BAD_CERTIFICATE if isinstance(error.__context__ or error.__cause__, ssl.SSLError) else UNREACHABLE
    except (OSError, UnicodeError):
        return None, UNREACHABLE
    return status, None if 200 <= status < 300 else REFUSED


def _post(target: Target, body: bytes, sent_headers: dict[str, str]) -> int:
    parts = urlsplit(target.url)
    address = f"[{target.address}]" if ":" in target.address else target.address
    pinned = urlunsplit((parts.scheme, f"{address}:{target.port}", parts.path or "/", parts.query, ""))
    named = {**sent_headers, "Host": parts.netloc}
    with (
        httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client,
        client.stream("POST", pinned, content=body, headers=named, extensions={"sni_hostname": target.host}) as answer,
    ):
        return answer.status_code
