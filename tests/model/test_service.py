"""The service over real HTTP, with the model that ships; torch in float32, so that figures are the same on every machine."""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from jsonschema import Draft202012Validator

from framing import Screener
from framing.service import Desk, Limits
from framing.service.requests import DeviceName
from framing.taxonomy import DEVICE_NAMES
from tests.conftest import Run
from tests.model.conftest import ROOT
from tests.model.serving import Answer, ask, free_port, head_of_post, post, samples, served, until

TEXT = "\n\n".join((ROOT / "data/samples/harbour-strike.md").read_text(encoding="utf-8").split("\n\n")[:4])
SHORT = "The puppet regime is to blame for the war, experts say.\n\nThe council met on Tuesday."
LONG = "\n\n".join([TEXT] * 7)
LIMITS = Limits(body_bytes=200_000, articles=4, characters=60_000)
SLOW = Limits(batch_characters=1, queue_requests=2)
STEP = 1.01e-4
"""Scores are rounded to four decimals; where padding moves one by a millionth, the last of them may turn over."""


@pytest.fixture(scope="module")
def whole() -> Iterator[Screener]:
    before = torch.get_num_threads()
    # One thread: on a machine that is shared, threads that wait for each other take longest.
    yield Screener.load(engine="torch", precision="float32", threads=1)
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def port(whole: Screener) -> Iterator[int]:
    with served(Desk(lambda: whole, LIMITS)) as port:
        yield port


def result(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.json
    return found


def scores(screening: dict[str, Any]) -> list[float]:
    parts = [part for paragraph in screening["paragraphs"] for part in (paragraph, *paragraph["sentences"])]
    return [score for part in parts for score in part["scores"].values()]


@pytest.mark.parametrize(
    "asked",
    [{}, {"only": "own"}, {"min_score": 0.2}, {"sensitivity": "quiet"}, {"sensitivity": "thorough", "devices": ["loaded_label"]}],
    ids=str,
)
def test_a_result_is_what_the_screener_gives_under_the_same_settings(port: int, whole: Screener, asked: dict[str, Any]) -> None:
    found = result(post(port, {"text": TEXT, "id": "draft-7", **asked}))
    assert found.pop("id") == "draft-7"
    assert found == whole.screen(TEXT, **asked).to_dict()


def test_an_article_without_an_id_has_none_in_its_result(port: int) -> None:
    assert result(post(port, {"text": ""}))["id"] is None


def test_lone_surrogates_in_json_come_back_as_they_went_in(port: int) -> None:
    (finding, *_) = result(post(port, b'{"text": "The \\ud800 puppet regime.", "min_score": 0.0}'))["paragraphs"][0]["findings"]
    assert finding["text"] == "The \ud800 puppet regime."[finding["start"] : finding["end"]]


def test_a_batch_comes_back_in_order_with_an_error_where_an_article_is_too_long(port: int) -> None:
    articles = [{"id": "a", "text": SHORT}, {"id": "b", "text": "x" * 60_001}, {"text": TEXT}]
    answer = post(port, {"articles": articles, "min_score": 0.3}, "/v1/screen/batch")
    assert answer.status == 200
    first, second, third = answer.json
    assert second.pop("id") == "b"
    assert Answer(422, answer.headers, json.dumps(second).encode()).code == "article_too_long"
    for found, text, name in ((first, SHORT, "a"), (third, TEXT, None)):
        alone = result(post(port, {"id": name, "text": text, "min_score": 0.3}))
        assert (found["id"], found["text_sha256"]) == (name, alone["text_sha256"])
        assert scores(found) == pytest.approx(scores(alone), abs=STEP)
    assert post(port, {"articles": []}, "/v1/screen/batch").json == []


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "code"),
    [
        ("GET", "/docs", None, 404, "not_found"),
        ("GET", "/healthz/", None, 404, "not_found"),
        ("GET", "/v1/screen", None, 405, "method_not_allowed"),
        ("POST", "/v1/screen", b'{"text": ', 400, "bad_request"),
        ("POST", "/v1/screen", b"\xff", 400, "bad_request"),
        ("POST", "/v1/screen", b"[" * 100_000, 400, "bad_request"),
        ("POST", "/v1/screen", {}, 422, "invalid_request"),
        ("POST", "/v1/screen", {"text": 7}, 422, "invalid_request"),
        ("POST", "/v1/screen", {"text": SHORT, "minscore": 0.5}, 422, "invalid_request"),
        ("POST", "/v1/screen", {"text": SHORT, "devices": ["loaded"]}, 422, "invalid_request"),
        ("POST", "/v1/screen", {"text": SHORT, "min_score": 0.5, "sensitivity": "quiet"}, 422, "invalid_request"),
        ("POST", "/v1/screen", {"text": "x" * 60_001}, 422, "article_too_long"),
        ("POST", "/v1/screen", {"text": "x" * 200_001}, 413, "body_too_large"),
        ("POST", "/v1/screen/batch", {"articles": [{"text": ""}] * 5}, 422, "too_many_articles"),
    ],
)
def test_every_refusal_has_one_shape(port: int, method: str, path: str, content: Any, status: int, code: str) -> None:
    answer = ask(port, method, path, content)
    assert (answer.status, answer.code) == (status, code)
    assert ("allow" in answer.headers) == (status == 405)
    assert "puppet" not in answer.body.decode()


def test_a_body_in_chunks_is_measured_as_it_comes(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(b"POST /v1/screen HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        client.sendall(b"30d41\r\n" + b"x" * 200_001 + b"\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 413 ")


def test_requests_that_arrive_while_the_model_works_are_read_together_and_score_as_they_do_alone(whole: Screener) -> None:
    texts = [f"{SHORT} Case {number} says so." for number in range(8)]
    asked = [{"only": "own"}, {"devices": ["loaded_label"]}, {}]
    desk = Desk(lambda: whole)
    with served(desk) as port, ThreadPoolExecutor(16) as clients:
        working = clients.submit(post, port, {"text": LONG})
        until(lambda: desk.queue.unfinished == 1)
        crowd = [clients.submit(post, port, {"text": text, **asked[index % 3]}) for index, text in enumerate(texts)]
        until(lambda: desk.queue.unfinished == 9)
        assert not working.done()
        found = [result(answer.result()) for answer in crowd]
        counted = samples(port)
    # One for the long article, one for all that arrived meanwhile, whatever findings they asked for.
    assert (counted["framing_batch_articles_count"], counted["framing_batch_articles_sum"]) == (2, 9)
    for index, (text, screening) in enumerate(zip(texts, found, strict=True)):
        alone = whole.screen(text, **asked[index % 3]).to_dict()
        assert scores(screening) == pytest.approx(scores(alone), abs=STEP)
        marked = [[(f["start"], f["end"], f["device"]) for p in s["paragraphs"] for f in p["findings"]] for s in (screening, alone)]
        assert marked[0] == marked[1]


def test_a_flood_is_told_when_to_come_back_and_what_was_accepted_is_answered(whole: Screener) -> None:
    with served(Desk(lambda: whole, SLOW)) as port, ThreadPoolExecutor(24) as clients:
        answers = list(clients.map(lambda _: post(port, {"text": TEXT}), range(24)))
        refused = [answer for answer in answers if answer.status != 200]
        assert {(answer.status, answer.code) for answer in refused} == {(429, "queue_full")}
        assert all(1 <= int(answer.headers["retry-after"]) <= 600 for answer in refused)
        expected = whole.screen(TEXT).to_dict()
        assert all({**expected, "id": None} == answer.json for answer in answers if answer.status == 200)
        assert samples(port)["framing_requests_total['/v1/screen', '429']"] == len(refused) < 24
        assert post(port, {"text": SHORT}).status == 200


def test_a_client_that_hangs_up_does_not_get_its_article_read(whole: Screener, caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(lambda: whole)
    with served(desk) as port, ThreadPoolExecutor(1) as clients:
        working = clients.submit(post, port, {"text": LONG})
        until(lambda: desk.queue.unfinished == 1)
        body = json.dumps({"text": SHORT}).encode()
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(head_of_post(len(body)) + body)
            until(lambda: desk.queue.articles == 1)
        until(lambda: desk.queue.articles == 0)
        assert not working.done()
        assert working.result().status == 200
        counted = samples(port)
    assert (counted["framing_articles_dropped_total"], counted["framing_articles_total"]) == (1, 1)
    assert counted["framing_requests_total['/v1/screen', '499']"] == 1
    assert counted["framing_queue_characters"] == 0
    # Asyncio complains of results that nobody fetched when they are collected.
    gc.collect()
    assert caplog.records == []


def test_a_body_that_dawdles_is_not_waited_for(whole: Screener) -> None:
    with served(Desk(lambda: whole, Limits(body_seconds=1))) as port, socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(head_of_post(100) + b'{"text"')
        assert client.recv(100).startswith(b"HTTP/1.1 408 ")


def test_the_service_lives_before_its_model_is_loaded_and_says_that_it_is_not_ready(whole: Screener) -> None:
    may_load = threading.Event()

    def load() -> Screener:
        may_load.wait()
        return whole

    desk = Desk(load)
    with served(desk, ready=False) as port:
        assert ask(port, "GET", "/healthz").status == 200
        for answer in (ask(port, "GET", "/readyz"), post(port, {"text": SHORT})):
            assert (answer.status, answer.code) == (503, "not_ready")
            assert int(answer.headers["retry-after"]) >= 1
        may_load.set()
        until(lambda: desk.ready)
        assert ask(port, "GET", "/readyz").status == 200


def test_the_metrics_count_what_was_done_and_tell_nothing_of_it(whole: Screener) -> None:
    with served(Desk(lambda: whole)) as port:
        post(port, {"text": SHORT, "id": "secret-name"})
        post(port, {"articles": [{"text": SHORT}, {"text": TEXT}]}, "/v1/screen/batch")
        ask(port, "GET", "/secret-path")
        counted, text = samples(port), ask(port, "GET", "/metrics").body.decode()
    assert counted["framing_articles_total"] == 3
    assert counted["framing_characters_total"] == 2 * len(SHORT) + len(TEXT)
    assert counted["framing_requests_total['/v1/screen/batch', '200']"] == counted["framing_request_seconds_count['/v1/screen']"] == 1
    assert counted["framing_requests_total['404', 'other']"] == 1
    assert f'model="{whole.model_name}"' in text
    assert "secret" not in text and "regime" not in text


def test_the_description_holds_for_real_answers(port: int) -> None:
    document = ask(port, "GET", "/openapi.json").json
    assert document["openapi"].startswith("3.1")
    assert get_args(DeviceName) == DEVICE_NAMES

    def check(schema: dict[str, Any], content: Any) -> None:
        Draft202012Validator({**schema, "components": document["components"]}).validate(content)

    asked = {"/v1/screen": {"text": TEXT}, "/v1/screen/batch": {"articles": [{"text": TEXT}, {"text": "x" * 60_001}]}}
    for path, content in asked.items():
        described = document["paths"][path]["post"]["responses"]
        assert {"200", "400", "408", "413", "422", "429", "500", "503"} == set(described)
        check(described["200"]["content"]["application/json"]["schema"], post(port, content, path).json)
        check(described["422"]["content"]["application/json"]["schema"], post(port, {}, path).json)
        body = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        check(body["schema"], body["example"])
        assert post(port, body["example"], path).status == 200


def test_generated_requests_find_no_answer_that_is_not_described(port: int, tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{port}/openapi.json"
    begin = "from schemathesis.cli import schemathesis; schemathesis()"
    command = [sys.executable, "-c", begin, "run", address, "--max-examples", "20", "--seed", "1", "--no-color"]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=300, check=False)
    assert finished.returncode == 0, finished.stdout.decode()[-5000:] + finished.stderr.decode()[-2000:]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
def test_sigterm_finishes_what_was_accepted_and_refuses_what_is_new(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    alone = {**os.environ, "OMP_NUM_THREADS": "1"}
    options = ["--port", str(port), "--engine", "torch", "--precision", "float32", "--batch-characters", "1"]
    with (
        log.open("wb") as said,
        subprocess.Popen([sys.executable, "-m", "framing", "serve", *options], cwd=ROOT, stdout=said, stderr=said, env=alone) as process,
        ThreadPoolExecutor(4) as clients,
    ):
        try:
            until(lambda: _answers(port) == 200)
            accepted = [clients.submit(post, port, {"text": TEXT, "id": "secret-name"}) for _ in range(4)]
            until(lambda: samples(port)["framing_queue_articles"] == 3)
            process.send_signal(signal.SIGTERM)
            until(lambda: _answers(port) == 503)
            late = post(port, {"text": SHORT})
            assert (late.status, late.code) == (503, "shutting_down")
            assert [answer.result().status for answer in accepted] == [200] * 4
            assert process.wait(30) == 0
        finally:
            process.kill()
    assert "secret" not in log.read_text() and TEXT[:20] not in log.read_text()
    assert len(log.read_text().splitlines()) == 1


def _answers(port: int) -> int:
    try:
        return ask(port, "GET", "/readyz").status
    except ConnectionError:
        return 0


def test_a_model_that_cannot_be_loaded_ends_the_command_with_the_reason(run: Run, tmp_path: Path) -> None:
    outcome = run("serve", "--port", free_port(), "--model", tmp_path / "nowhere")
    assert outcome.code == 2
    assert "nowhere" in outcome.err and "Traceback" not in outcome.err


def test_a_port_that_is_taken_is_named(run: Run, port: int) -> None:
    outcome = run("serve", "--port", port)
    assert outcome.code == 2
    assert f"port {port} cannot be listened on" in outcome.err
