"""What programs get from the page: its endpoints, its MCP tools, its health."""

from __future__ import annotations

import ast
import asyncio
import json
from urllib.request import urlopen

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from framing import __version__
from framing.taxonomy import DEVICE_NAMES
from tests.app.drafts import BLOC, DRAFT, LATER
from tests.app.site import Site


@pytest.fixture(scope="module")
def client(site: Site) -> Client:
    return Client(site.address, verbose=False)


def test_health_says_the_version(site: Site) -> None:
    with urlopen(f"{site.address}/healthz") as answer:
        assert json.load(answer) == {"status": "ok", "version": __version__}


def test_a_program_screens_a_text_and_steers_it(client: Client) -> None:
    screening = client.predict(DRAFT, api_name="/screen")
    findings = [finding for paragraph in screening["paragraphs"] for finding in paragraph["findings"]]
    assert {finding["device"] for finding in findings} == set(DEVICE_NAMES)
    assert all(DRAFT[finding["start"] : finding["end"]] == finding["text"] for finding in findings)
    own = client.predict(BLOC, "quiet", "own", ["loaded_label"], api_name="/screen")
    assert {(one["device"], one["voice"]) for part in own["paragraphs"] for one in part["findings"]} == {("loaded_label", "own")}


def test_a_program_compares_two_versions(client: Client) -> None:
    changes = client.predict(DRAFT, LATER, api_name="/compare")
    assert changes["gone"] and changes["kept"] and changes["new"]


def test_a_program_learns_the_devices(client: Client) -> None:
    assert [device["name"] for device in client.predict(api_name="/devices")] == list(DEVICE_NAMES)


def test_a_program_is_told_what_was_wrong_with_its_text(client: Client) -> None:
    with pytest.raises(AppError, match="200,000"):
        client.predict("word " * 50_000, api_name="/screen")


def test_only_what_programs_are_meant_to_call_is_offered(client: Client) -> None:
    assert set(client.view_api(return_format="dict", print_info=False)["named_endpoints"]) == {"/screen", "/compare", "/devices"}


def test_a_language_models_client_calls_the_same_functions_as_tools(site: Site) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async def call() -> tuple[set[str], str]:
        async with streamablehttp_client(f"{site.address}/gradio_api/mcp/") as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            tools = {tool.name for tool in (await session.list_tools()).tools}
            told = await session.call_tool("screen", {"text": BLOC})
            assert not told.isError
            return tools, told.content[0].text  # type: ignore[union-attr]

    tools, told = asyncio.run(call())
    assert tools == {"screen", "compare", "devices"}
    assert "obedient stooges" in {finding["text"] for part in ast.literal_eval(told)["paragraphs"] for finding in part["findings"]}
