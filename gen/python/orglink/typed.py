"""Bodies by their types."""

import json
from types import SimpleNamespace

from orglink.api_client import ApiClient


def typed(body, model):
    """Return a body as a model: typed(exception.body, "CuxError").

    A body is the text of an error, or what a call gave whose answer has one of two types.
    """
    if not isinstance(body, str):
        body = json.dumps(body)
    return ApiClient().deserialize(SimpleNamespace(data=body), model)
