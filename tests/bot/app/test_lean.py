import subprocess
import sys

CODE = """
import sys
from bot.lean import import_rasa_sdk
import_rasa_sdk()
assert "sanic" not in sys.modules
from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.executor import ActionExecutor
ActionExecutor()
import sanic
assert sanic.Sanic.__module__.startswith("sanic.")
import rasa_sdk.endpoint
import_rasa_sdk()
print("fine")
"""


def test_rasa_sdk_works_without_sanic_and_sanic_after_it() -> None:
    ended = subprocess.run([sys.executable, "-c", CODE], check=False, capture_output=True, text=True)
    assert ended.stdout.strip() == "fine", ended.stderr


CERTIFICATES = """
import ssl
from bot.lean import import_aiohttp
before = ssl.SSLContext.load_default_certs
read = import_aiohttp()
assert ssl.SSLContext.load_default_certs is before
import aiohttp.connector
context = aiohttp.connector._SSL_CONTEXT_VERIFIED
assert context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
assert not context.get_ca_certs()
read()
assert len(context.get_ca_certs()) == len(ssl.create_default_context().get_ca_certs())
print("fine")
"""


def test_certificates_are_read_later_and_nothing_is_trusted_before() -> None:
    ended = subprocess.run([sys.executable, "-c", CERTIFICATES], check=False, capture_output=True, text=True)
    assert ended.stdout.strip() == "fine", ended.stderr
