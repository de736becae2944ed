"""Where the digest of a run goes: to a command (CSW_NOTIFY_COMMAND), to a webhook (CSW_NOTIFY_URL, CSW_NOTIFY_TOKEN),
or, by default, nowhere. Both come from the environment and are never printed: a webhook's path is a secret."""

import ipaddress
import os
import shlex
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

TIMEOUT_SECONDS = 10
COMMAND_SECONDS = 60
WAITS = (1, 3)  # seconds before the second and the third try
LANGUAGES = ("en", "ja")


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token must not follow a redirect to somebody else."""

    def redirect_request(self, *_) -> None:
        return None


def is_asked_for() -> bool:
    return bool(os.environ.get("CSW_NOTIFY_COMMAND") or os.environ.get("CSW_NOTIFY_URL"))


def language() -> str:
    """Language of the text: en, or ja by CSW_NOTIFY_LANG."""
    asked = os.environ.get("CSW_NOTIFY_LANG", "").lower()
    return asked if asked in LANGUAGES else LANGUAGES[0]


def send(message: str) -> list[str]:
    """Hand the message to everybody asked for. Returns what went wrong, in words; nothing when all have it."""
    command, url = os.environ.get("CSW_NOTIFY_COMMAND"), os.environ.get("CSW_NOTIFY_URL")
    faults = [run_command(command, message)] if command else []
    faults += [post(url, message)] if url else []
    return [fault for fault in faults if fault]


def receivers() -> tuple[bool, str]:
    """(can work, who gets the digest), for `csw doctor`."""
    command, url = os.environ.get("CSW_NOTIFY_COMMAND"), os.environ.get("CSW_NOTIFY_URL")
    if not (command or url):
        return True, "off; CSW_NOTIFY_URL or CSW_NOTIFY_COMMAND would get it"
    if url and (fault := refused_address(url)):
        return False, fault
    told = [*(["a command"] if command else []), *([f"a webhook at {host(url)}"] if url else [])]
    return True, f"to {' and '.join(told)}, in {language()}; `csw digest --send` tries it out"


def run_command(command: str, message: str) -> str | None:
    """Run the command, without a shell, with the message on its standard input. Returns what went wrong, or None."""
    try:
        arguments = shlex.split(command)
        done = subprocess.run(
            arguments, input=message, timeout=COMMAND_SECONDS, capture_output=True, encoding="utf-8", check=False
        )
    except subprocess.TimeoutExpired:
        return f"the command of CSW_NOTIFY_COMMAND was stopped after {COMMAND_SECONDS} s"
    except (OSError, ValueError, IndexError) as error:
        return f"the command of CSW_NOTIFY_COMMAND cannot be run ({getattr(error, 'strerror', None) or error})"
    return f"the command of CSW_NOTIFY_COMMAND ended with {done.returncode}" if done.returncode else None


def post(url: str, message: str) -> str | None:
    """POST the message, with a few tries. Returns what went wrong, or None."""
    if fault := refused_address(url):
        return fault
    for wait in (*WAITS, None):
        fault, may_pass = post_once(url, message)
        if not (fault and may_pass) or wait is None:
            return fault
        time.sleep(wait)


def post_once(url: str, message: str) -> tuple[str | None, bool]:
    """(what went wrong, whether another try may help). Errors that could quote the address are told by their kind."""
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "csw"}
    if token := os.environ.get("CSW_NOTIFY_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    no_proxy = urllib.request.ProxyHandler({}) if is_this_machine(host(url)) else urllib.request.ProxyHandler()
    opener = urllib.request.build_opener(NoRedirects, no_proxy)
    try:
        request = urllib.request.Request(url, message.encode(), headers, method="POST")
        with opener.open(request, timeout=TIMEOUT_SECONDS):
            return None, False
    except urllib.error.HTTPError as error:
        error.close()
        elsewhere = "; it points elsewhere, and redirects are not followed" if 300 <= error.code < 400 else ""
        return f"{host(url)} answered {error.code}{elsewhere}", error.code in (408, 429) or error.code >= 500
    except OSError as error:
        reason = getattr(error, "reason", error)
        return f"{host(url)} cannot be reached ({getattr(reason, 'strerror', None) or type(reason).__name__})", True
    except Exception as error:
        return f"CSW_NOTIFY_URL or CSW_NOTIFY_TOKEN cannot be used ({type(error).__name__})", False


def refused_address(url: str) -> str | None:
    """Why nothing is sent to an address: only https, and http to this machine, keep what is sent from others."""
    try:
        scheme, name = urllib.parse.urlsplit(url).scheme, host(url)
    except ValueError:
        scheme, name = "", ""
    if name and (scheme == "https" or scheme == "http" and is_this_machine(name)):
        return None
    return "nothing was sent: CSW_NOTIFY_URL must begin with https:// (http:// only to this machine)"


def host(url: str) -> str:
    return urllib.parse.urlsplit(url).hostname or ""


def is_this_machine(name: str) -> bool:
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
