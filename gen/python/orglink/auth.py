"""APIs that are let in, one function for each platform.

A base URL with a workspace in it (http://127.0.0.1:8080/w/ci-42) makes the API one of
that workspace. Tokens are bought with the first call, and again a minute before they end.
"""

import time

from orglink.api.acc_api import AccApi
from orglink.api.comanage_api import ComanageApi
from orglink.api.cux_api import CuxApi
from orglink.api.responsys_api import ResponsysApi
from orglink.api.svi_api import SviApi
from orglink.api.workbench_api import WorkbenchApi
from orglink.api_client import ApiClient
from orglink.configuration import Configuration


def acc(base_url, client_id=None, client_secret=None, token=None,
        scope="account:read account:write data:read"):
    """Autodesk ACC: client credentials of an app, or a token."""
    def buy(client):
        return AccApi(client).acc_create_token(
            "client_credentials", client_id=client_id, client_secret=client_secret, scope=scope)
    return AccApi(_bearer(base_url, token, buy))


def comanage(base_url, user, key):
    """COmanage Registry: name and key of an API user, by HTTP Basic."""
    return ComanageApi(ApiClient(Configuration(_host(base_url), username=user, password=key)))


def cux(base_url, client_id=None, client_secret=None, token=None):
    """ES Loyalty CUX: client credentials, or a token."""
    def buy(client):
        return CuxApi(client).cux_post_token(
            "client_credentials", client_id=client_id, client_secret=client_secret)
    return CuxApi(_bearer(base_url, token, buy))


def responsys(base_url, user, password):
    """Oracle Responsys: a login, anew every hour.

    The token is sent as it is, without a scheme word, to the endPoint that the login
    answered.
    """
    plain = _plain(base_url)

    def buy():
        # auth_type is a parameter of the query, too, where a login must not have it, and
        # responsys_post_auth_token sends it in both places.
        session = plain.call_api(
            "/rest/api/v1.3/auth/token", "POST",
            header_params={"Content-Type": "application/x-www-form-urlencoded"},
            post_params=[("user_name", user), ("password", password), ("auth_type", "password")],
            response_type="ResponsysAuthToken", _return_http_data_only=True)
        return session, 3600

    session = _Renewed(buy)

    def refresh(configuration):
        bought = session.get()
        configuration.api_key["responsysToken"] = bought.auth_token
        configuration.host = bought.end_point

    configuration = Configuration(_host(base_url), api_key={"responsysToken": ""})
    configuration.refresh_api_key_hook = refresh
    return ResponsysApi(ApiClient(configuration))


def svi(base_url, user=None, password=None, token=None, client_id="sas.ec", client_secret=""):
    """SAS Data Hub: a user of SAS Logon, through a client of it, or a token."""
    def buy(client):
        return SviApi(client).svi_post_token(
            "password", username=user, password=password,
            client_id=client_id, client_secret=client_secret)
    return SviApi(_bearer(base_url, token, buy))


def workbench(base_url, token):
    """Orglink's own calls: the server's admin token."""
    return WorkbenchApi(_bearer(base_url, token))


def _host(base_url):
    return base_url.rstrip("/")


def _plain(base_url):
    return ApiClient(Configuration(_host(base_url)))


def _bearer(base_url, token, buy=None):
    if token is not None:
        configuration = Configuration(_host(base_url))
        configuration.access_token = token
        return ApiClient(configuration)
    plain = _plain(base_url)

    def bought():
        answer = buy(plain)
        return answer.access_token, answer.expires_in
    return ApiClient(_Bearer(_host(base_url), bought))


class _Renewed(object):
    """What is bought when it is needed first, and again a minute before it ends."""

    def __init__(self, buy):
        self._buy = buy
        self._value = None
        self._ends = 0

    def get(self):
        if time.monotonic() >= self._ends:
            self._value, seconds = self._buy()
            self._ends = time.monotonic() + seconds - 60
        return self._value


class _Bearer(Configuration):
    """A configuration whose token is renewed."""

    def __init__(self, host, buy):
        self._token = _Renewed(buy)
        super(_Bearer, self).__init__(host)

    @property
    def access_token(self):
        return self._token.get()

    @access_token.setter
    def access_token(self, _):
        pass  # the generated constructor clears it
