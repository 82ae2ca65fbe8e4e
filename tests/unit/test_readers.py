
"""What a user can rely on when a file, a folder or stdin is read."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from unittest.mock import Mock

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framing.errors import InputError, MissingExtra
from framing.readers import SUFFIXES, expand_inputs, read_document
from framing.readers.pdf import MAX_PAGES
from framing.text import Document

# made by tests/data/make_documents.py
DATA = Path(__file__).parent.parent / "data"
PDF, DOCX = (DATA / "article.pdf").read_bytes(), (DATA / "article.docx").read_bytes()
RUSSIAN = "Министр заявил во вторник, что оппозиция разрушила плотины и виновата в наводнении. " * 3
HIGH_BYTES = bytes(range(128, 256)) * 20
CZECH = "Minister v úterý řekl, že opozice zničila přehrady a že s vodou v ulicích nelze nic dělat. " * 3
JAPANESE = "大臣は火曜日に、野党がダムを破壊したと述べた。誰も門を開けなかったという。目撃者は別の話をした。" * 2


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def paragraphs(document: Document) -> list[str]:
    return [document.text[p.start : p.end] for p in document.paragraphs]


def refusal(path: Path | str) -> str:
    with pytest.raises(InputError) as caught:
        read_document(path)
    return str(caught.value)


def is_visible(char: str) -> bool:
    return char.isprintable() and not char.isspace()


def pipe(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=300))
def test_txt_round_trips_and_paragraphs_hold_every_visible_character(tmp_path: Path, text: str) -> None:
    if not any(map(is_visible, text)):
        text += "a"
    document = read_document(write(tmp_path, "a.txt", text))
    assert document.text == text
    covered = {i for p in document.paragraphs for i in range(p.start, p.end)}
    assert not [i for i, char in enumerate(text) if is_visible(char) and i not in covered]


def test_newlines_white_space_and_source_are_kept(tmp_path: Path) -> None:
    text = "  One.\r\n\r\n\tTwo.\rThree. \n\n\n"
    path = write(tmp_path, "a.TXT", text)
    document = read_document(str(path))
    assert (document.text, document.source) == (text, str(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-be"])
def test_unicode_encodings_and_their_byte_order_marks(tmp_path: Path, encoding: str) -> None:
    text = "Café “quoted”, שלום, 👨‍👩‍👧 went."
    mark = "\ufeff" if encoding.endswith("-be") else ""
    assert read_document(write(tmp_path, "a.txt", (mark + text).encode(encoding))).text == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "The café’s owner said “never again”."),
        ("cp1252", "Der Minister sagte, die Übernahme sei für alle Bürger schädlich. Die Opposition widersprach."),
        ("cp1251", RUSSIAN),
        ("koi8-r", RUSSIAN),
        ("mac_roman", "The minister said it’s his café’s fault, “not ours”."),
        ("shift_jis", JAPANESE),
        ("euc_jp", JAPANESE),
        ("cp1256", "قال الوزير يوم الثلاثاء إن المعارضة دمرت السدود وإنه لا يمكن فعل شيء بشأن المياه في الشوارع. " * 2),
    ],
)
def test_legacy_encodings_are_detected(tmp_path: Path, encoding: str, text: str) -> None:
    assert read_document(write(tmp_path, "a.txt", text.encode(encoding))).text == text


BROKEN = "It’s a matter of time, he said, and it’s not ours to judge. ".encode() * 5


@pytest.mark.parametrize(
    "content",
    ["Да".encode("cp1251"), BROKEN + b"caf\xe9", BROKEN + "’".encode()[:2], HIGH_BYTES, b"\xff\xfea\0\0", CZECH.encode("cp1250")],
)
def test_an_encoding_that_cannot_be_told_is_refused_with_the_remedy(tmp_path: Path, content: bytes) -> None:
    message = refusal(write(tmp_path, "a.txt", content))
    assert "UTF-8" in message and "iconv" in message


def test_right_to_left_and_emoji_offsets_select_the_wording(tmp_path: Path) -> None:
    text = "הממשלה הודיעה.\n\n🔥🔥 ملتهب 👩‍🚀."
    assert "".join(paragraphs(read_document(write(tmp_path, "a.txt", text)))) == text.replace("\n", "")


def test_a_few_nuls_are_kept_and_many_are_refused(tmp_path: Path) -> None:
    assert read_document(write(tmp_path, "a.txt", "one\0two\n")).text == "one\0two\n"
    assert "binary" in refusal(write(tmp_path, "b.txt", b"\x7fELF\2\1" + bytes(200) + b"text"))
    assert "binary" in refusal(write(tmp_path, "c.txt", b"caf\xe9\0"))


def test_a_long_single_line_is_read(tmp_path: Path) -> None:
    text = "word " * 1_000_000
    document = read_document(write(tmp_path, "a.txt", text))
    assert len(document.text) == 5_000_000 and document.paragraphs


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.docx", "a.pdf", "a", "a.mhtml"])
def test_empty_files_are_refused(tmp_path: Path, name: str) -> None:
    assert "empty" in refusal(write(tmp_path, name, b""))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", " \r\n\t\u00a0"),
        ("a.txt", b"\xef\xbb\xbf"),
        ("a.md", "---\ntitle: Only front matter\n---\n```\ncode\n```\n"),
        ("a.html", "<html><head><title>T</title><script>x()</script></head><body> </body></html>"),
    ],
)
def test_files_without_words_are_refused(tmp_path: Path, name: str, content: str | bytes) -> None:
    assert "no text to screen" in refusal(write(tmp_path, name, content))


def test_what_is_no_readable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "does not exist" in refusal(tmp_path / "none.txt")
    assert "is a folder" in refusal(tmp_path)
    assert "cannot be read" in refusal("a\0b.txt")
    path = write(tmp_path, "a.txt", "text")
    os.truncate(path, 51 * 1024 * 1024)
    assert "50 MB" in refusal(path)
    os.truncate(path, 4)
    monkeypatch.setattr(Path, "open", Mock(side_effect=PermissionError(13, "Permission denied")))
    assert "may not be read" in refusal(path)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", PDF, ".pdf"),
        ("a.md", b"PK\x03\x04" + bytes(30), "zip"),
        ("a.txt", b"\x89PNG\r\n\x1a\n", "image"),
        ("a.pdf", b"Plain words.", "plain text"),
        ("a.docx", b"Plain words.", "plain text"),
        ("a.html", PDF, ".pdf"),
        ("a.xyz", b"caf\xe9", "unknown suffix '.xyz'"),
        ("a.rtf", b"{\\rtf1 Hello}", "RTF"),
    ],
)
def test_content_that_contradicts_the_suffix_is_refused(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    assert says in refusal(write(tmp_path, name, content))


def test_an_unknown_suffix_is_read_by_its_content(tmp_path: Path) -> None:
    assert read_document(write(tmp_path, "a.log", "Café.\r\n")).text == "Café.\r\n"
    assert read_document(write(tmp_path, "page.php?id=1", "<!DOCTYPE html><p>Short.</p>")).text == "Short."


@pytest.mark.parametrize(
    ("content", "text"),
    [(b"Plain \r\n", "Plain \r\n"), (b"\xef\xbb\xbfMarked", "Marked"), (b"\n<!-- s --><HTML><p>Page.</HTML>", "Page.")],
)
def test_stdin_goes_by_its_content(monkeypatch: pytest.MonkeyPatch, content: bytes, text: str) -> None:
    pipe(monkeypatch, content)
    document = read_document("-")
    assert (document.source, document.text) == ("-", text)


@pytest.mark.parametrize("name", ["article.pdf", "article.docx", "article.html"])
def test_stdin_takes_every_format(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    pipe(monkeypatch, (DATA / name).read_bytes())
    assert read_document("-").text == read_document(DATA / name).text


def test_empty_or_closed_stdin_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, b"")
    assert "empty" in refusal("-")
    monkeypatch.setattr(sys, "stdin", None)
    assert "closed" in refusal("-")


def test_markdown_keeps_its_text_and_screens_only_prose(tmp_path: Path) -> None:
    text = (
        "---\r\ntitle: Hidden\r\n---\r\n# Head\r\nBody [a][ref].\r\n\r\n```py\r\ncode()\r\n\r\n# code\r\n```\r\n"
        'After <!-- note\r\n\r\nnote --> it.\r\n\r\n[ref]: http://a.b "T"\r\n[^1]: A footnote.\r\n\r\n~~~\r\nopen'
    )
    document = read_document(write(tmp_path, "a.md", text))
    assert document.text == text
    assert paragraphs(document) == ["# Head", "Body [a][ref].", "After", "it.", "[^1]: A footnote."]


def test_markdown_rules_and_unclosed_comments_hide_nothing(tmp_path: Path) -> None:
    text = "---\nOne sentence.\n\n---\nTwo <!-- open.\n"
    assert "".join(paragraphs(read_document(write(tmp_path, "a.md", text)))) == text.replace("\n", "")


def test_a_page_gives_its_article_and_nothing_around_it() -> None:
    headline, first, persian, quote = paragraphs(read_document(DATA / "article.html"))
    assert headline == "Minister blames rivals for the flood"
    assert first.startswith("The minister said") and first.endswith("that now stands in the streets.")
    assert "می\u200cخواهد" in persian and "👨\u200d👩\u200d👧" in persian
    assert quote.startswith("We never")


@pytest.mark.parametrize("paragraphs_besides", [0, 8])
def test_a_page_keeps_the_wording_of_quotations_and_times(tmp_path: Path, paragraphs_besides: int) -> None:
    sentence = "The blast at <time>9.30am on <b>Monday</b></time> killed two, and he said <q>we will <i>not</i></q>, <q>ever</q>, and left."
    rest = "".join(f"<p>The board of pier {n} met on that day and decided nothing of note.</p>" for n in range(paragraphs_besides))
    page = f"<html><body><article><h1>Blast</h1><p>{sentence}</p>{rest}</article></body></html>"
    expected = "The blast at 9.30am on Monday killed two, and he said “we will not”, “ever”, and left."
    assert expected in paragraphs(read_document(write(tmp_path, "a.html", page)))


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_many_comments_are_read_in_no_time(tmp_path: Path, name: str) -> None:
    assert "Shown." in read_document(write(tmp_path, name, "<!-- x -->\n" * 60 + "<p>Shown.</p>")).text
    assert len(read_document(write(tmp_path, "long.md", "word <!-- x --> " * 20_000)).paragraphs) == 20_000


def test_short_pages_keep_their_paragraphs_and_saved_encodings(tmp_path: Path) -> None:
    page = "<meta charset=iso-8859-1><script>x()</script><p>Café <b>one</b>.</p><style>p{}</style><p>Two’s.</p>"
    assert read_document(write(tmp_path, "a.htm", page.encode("cp1252"))).text == "Café one.\n\nTwo’s."
    archive = (
        "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=B\n\n--B\nContent-Type: text/html; "
        "charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n<p>Caf=C3=A9 =\none.</p>\n--B--\n"
    )
    assert read_document(write(tmp_path, "a.mhtml", archive)).text == "Café one."


def test_word_gives_paragraphs_tables_and_accepted_changes() -> None:
    shown = ["Minister blames rivals", "Kept, inserted\nand wrapped.", "Left cell.", "Right cell.", "هذا 🔥 last."]
    assert read_document(DATA / "article.docx").text == "\n\n".join(shown)


def test_paragraphs_that_were_joined_with_changes_tracked_are_one(tmp_path: Path) -> None:
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = docx.Document()
    for text in ("The minister said ", "that he would go.", "Rain fell."):
        document.add_paragraph(text)
    mark = document.paragraphs[0]._p.get_or_add_pPr()
    mark.append(parse_xml(f'<w:rPr {nsdecls("w")}><w:del w:id="1" w:author="a"/></w:rPr>'))
    document.save(tmp_path / "a.docx")
    assert read_document(tmp_path / "a.docx").text == "The minister said that he would go.\n\nRain fell."


def test_word_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert ".doc" in refusal(write(tmp_path, "a.docx", ole))
    assert "password" in refusal(write(tmp_path, "b.docx", ole + "EncryptedPackage".encode("utf-16-le")))
    assert "cannot be read as a Word document" in refusal(write(tmp_path, "c.docx", DOCX[:20_000]))
    size = len(zipfile.ZipFile(io.BytesIO(DOCX)).read("word/document.xml"))
    bomb = DOCX.replace(struct.pack("<I", size), struct.pack("<I", 300 * 1024**2))
    assert "200 MB" in refusal(write(tmp_path, "d.docx", bomb))


def test_pdf_lines_join_to_paragraphs_and_lose_no_character() -> None:
    headline, first, across, *points = paragraphs(read_document(DATA / "article.pdf"))
    assert headline == "Minister blames rivals for the flood"
    assert "that noth-ing could" in first and first.endswith("whatever the well-known engineers may say.")
    assert across.endswith("and the keeper never opened the gates.")
    assert points == ["• First point of the report", "• Second point of the report", "2"]


def test_pdfs_that_cannot_be_read_say_why(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert read_document(DATA / "restricted.pdf").text == read_document(DATA / "article.pdf").text
    assert "password" in refusal(DATA / "locked.pdf")
    assert "OCR" in refusal(DATA / "scan.pdf")
    assert "cannot be read as a PDF" in refusal(write(tmp_path, "a.pdf", b"%PDF-1.4\n" + b"junk " * 50))
    assert "cannot be read as a PDF" in refusal(write(tmp_path, "b.pdf", PDF[: len(PDF) // 2]))
    # a wrong offset is mended, and pypdf's remark on it is not shown
    assert read_document(write(tmp_path, "c.pdf", PDF.replace(b"startxref\n", b"startxref\n9"))).paragraphs
    assert not caplog.records


def test_a_pdf_of_too_many_pages_names_the_limit(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter()
    for _ in range(MAX_PAGES + 1):
        writer.add_blank_page(100, 100)
    writer.write(tmp_path / "long.pdf")
    with pytest.raises(InputError, match=r"long.pdf' has 501 pages; the limit is 500"):
        read_document(tmp_path / "long.pdf")


@pytest.mark.parametrize(("module", "suffix"), [("trafilatura", "html"), ("docx", "docx"), ("pypdf", "pdf")])
def test_a_missing_extra_names_its_command(monkeypatch: pytest.MonkeyPatch, module: str, suffix: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match=r"pip install 'framing\[docs\]'"):
        read_document(DATA / f"article.{suffix}")


def test_importing_the_readers_imports_no_optional_package() -> None:
    heavy = "{'trafilatura', 'lxml', 'pypdf', 'docx', 'torch', 'charset_normalizer'}"
    code = f"import sys, framing.readers; sys.exit(len({heavy} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=DATA.parent.parent)


def test_inputs_expand_in_the_order_given_without_duplicates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("b.txt", "a.md", "pic.png", "x.log", "[1].txt", "sub/deep/c.PDF", "sub/.hidden.txt", ".git/d.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        write(tmp_path, name, "text")
    deep = os.path.join("sub", "deep", "c.PDF")
    assert expand_inputs(["-", "b.txt", "./b.txt", "-", "a.md"]) == ["-", "b.txt", "a.md"]
    assert expand_inputs(["b.txt", "*"]) == ["b.txt", "[1].txt", "a.md"]
    assert expand_inputs(["**", "*.log", "pic.png"]) == ["[1].txt", "a.md", "b.txt", deep, "x.log", "pic.png"]
    assert expand_inputs(["sub"]) == [deep]
    assert expand_inputs(["."]) == [os.path.join(".", name) for name in ("[1].txt", "a.md", "b.txt", deep)]
    assert expand_inputs(["[1].txt"]) == ["[1].txt"]
    for nothing in ("none.txt", "*.rst", ".git/objects*", "none/**"):
        with pytest.raises(InputError, match="expected"):
            expand_inputs(["b.txt", nothing])
    (tmp_path / "bare").mkdir()
    with pytest.raises(InputError, match="holds no file"):
        expand_inputs(["bare"])
    assert {".txt", ".md", ".html", ".htm", ".docx", ".pdf"} <= set(SUFFIXES)
