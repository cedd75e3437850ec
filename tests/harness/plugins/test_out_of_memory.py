"""A plugin that runs out of memory ends what it is part of: nothing that follows would be safe."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cartfuzz.harness.plugins.extensions import Extensions, LoadedPlugin
from cartfuzz.harness.plugins.plugin import Plugin
from cartfuzz.harness.plugins.transport import PluginTransport
from cartfuzz.wire import Request, Response
from tests.harness.test_engine import FunctionTransport


def _exhausted(*_arguments: object) -> Sequence[tuple[str, str]]:
    raise MemoryError


class Exhausted:
    """A translation that has no memory left for an answer."""

    def request(self, request: Request, /) -> Request:
        return request

    def response(self, _request: Request, _response: Response, /) -> Response:
        raise MemoryError


@pytest.mark.parametrize(
    "plugin",
    [Plugin(name="a", header_lines=_exhausted), Plugin(name="a", translation=Exhausted())],
    ids=["request", "answer"],
)
def test_no_memory_is_no_fault_of_a_plugin(plugin: Plugin) -> None:
    """As where it judges, and where Cartfuzz itself does."""
    extensions = Extensions(loaded=(LoadedPlugin(source="a:PLUGIN", plugin=plugin),))
    inner = FunctionTransport(lambda _: Response(status=200, body=b"{}"))
    with pytest.raises(MemoryError):
        PluginTransport(inner, extensions).send(Request(method="GET", target="/"))
