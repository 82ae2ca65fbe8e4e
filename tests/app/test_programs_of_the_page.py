"""What programs get from the page: its endpoints, its MCP tools, its health."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from typing import Any
from urllib.request import urlopen

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from framing import __version__
from framing.app.take_along import FORMATS
from framing.house import add, remove
from framing.taxonomy import DEVICE_NAMES
from tests.app.drafts import BLOC, DRAFT, LATER
from tests.app.site import Site

TOOLS = {"screen", "compare", "report", "devices"}


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


def test_a_program_takes_a_report_along_in_each_format(client: Client) -> None:
    written = {name: client.predict(BLOC, name, "quiet", "own", ["loaded_label"], api_name="/report") for name in FORMATS}
    assert written["html"].startswith("<!DOCTYPE html>") and "obedient stooges" in written["html"]
    rows = list(csv.DictReader(io.StringIO(written["csv"].removeprefix("\ufeff"), newline="")))
    findings = [finding for part in json.loads(written["json"])["paragraphs"] for finding in part["findings"]]
    assert {row["device"] for row in rows} == {"loaded_label"} and [row["text"] for row in rows] == [one["text"] for one in findings]
    assert len(json.loads(written["sarif"])["runs"][0]["results"]) == len(rows) > 0
    with pytest.raises(AppError, match="format 'docx' is unknown; expected one of html, csv, json, sarif"):
        client.predict(BLOC, "docx", api_name="/report")
    for asked, said in ((("Own", []), "voice 'Own' is unknown"), (("own", ["loaded-label"]), "device 'loaded-label' is unknown")):
        with pytest.raises(AppError, match=said):
            client.predict(BLOC, "csv", "quiet", *asked, api_name="/report")


def test_what_the_house_leaves_unmarked_is_left_unmarked_for_programs(client: Client, site: Site) -> None:
    def marked() -> set[str]:
        screening = client.predict(BLOC, api_name="/screen")
        return {finding["text"] for paragraph in screening["paragraphs"] for finding in paragraph["findings"]}

    assert "obedient stooges" in marked()
    add(site.house_list, "obedient stooges")
    try:
        assert "obedient stooges" not in marked()
    finally:
        remove(site.house_list, "obedient stooges")


def test_only_what_programs_are_meant_to_call_is_offered(client: Client) -> None:
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(endpoints) == {f"/{name}" for name in TOOLS}
    assert [one["parameter_name"] for one in endpoints["/screen"]["parameters"]] == ["text", "sensitivity", "only", "devices", "house_list"]


def test_a_language_models_client_calls_the_same_functions_as_tools(site: Site) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async def call() -> tuple[dict[str, Any], dict[str, str]]:
        async with streamablehttp_client(f"{site.address}/gradio_api/mcp/") as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            tools = {tool.name: tool.inputSchema for tool in (await session.list_tools()).tools}
            told = {}
            calls = {"screen": {"text": BLOC}, "compare": {"before": DRAFT, "after": LATER}, "devices": {}, "report": {"text": BLOC}}
            for name, given in calls.items():
                answer = await session.call_tool(name, given)
                assert not answer.isError
                told[name] = answer.content[0].text  # type: ignore[union-attr]
            return tools, told

    tools, told = asyncio.run(call())
    assert set(tools) == TOOLS
    asked = tools["screen"]["properties"]
    assert asked["sensitivity"]["enum"] == ["quiet", "balanced", "thorough"] and asked["only"]["enum"] == ["", "own", "reported"]
    assert tools["report"]["properties"]["format"]["enum"] == list(FORMATS)
    assert all(name in json.dumps(asked["devices"]) for name in DEVICE_NAMES) and tools["screen"]["required"] == ["text"]
    assert "obedient stooges" in {one["text"] for part in json.loads(told["screen"])["paragraphs"] for one in part["findings"]}
    assert set(json.loads(told["compare"])["kept"][0]) == {"before", "after"}
    assert [device["name"] for device in json.loads(told["devices"])] == list(DEVICE_NAMES)
    assert told["report"].startswith("<!DOCTYPE html>")
