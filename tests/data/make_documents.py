"""Writes the PDF and Word documents that tests/unit/test_readers.py reads: python tests/data/make_documents.py."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import docx
from pypdf import PdfReader, PdfWriter

FOLDER = Path(__file__).parent
PAGES = (
    (
        "Minister blames rivals for the flood",
        "The minister said on Tuesday that the opposition had ruined the dams, and that noth-",
        "ing could be done about the water that now stands in the streets of the old town,",
        "whatever the well-known engineers may say.",
        "Witnesses told another story. The dam had been repaired in time, they said, and the",
    ),
    ("keeper never opened the gates.", "\u2022 First point of the report", "\u2022 Second point of the report", "2"),
)
INSERTED = (
    '<w:r><w:t xml:space="preserve">Kept, </w:t></w:r>'
    '<w:ins w:id="1" w:author="a"><w:r><w:t>inserted</w:t><w:br/><w:t>and wrapped.</w:t></w:r></w:ins>'
    '<w:del w:id="2" w:author="a"><w:r><w:delText>DELETED</w:delText></w:r></w:del>'
)


def make_pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A minimal PDF: one text line per string, Helvetica, WinAnsi."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for number, lines in enumerate(pages):
        shown = b"".join(b"(" + line.encode("cp1252") + b") Tj 0 -14 Td " for line in lines)
        content = b"BT /F1 11 Tf 72 720 Td " + shown + b"ET" if lines else b""
        page = f"<</Type/Page/Parent 2 0 R/Contents {5 + 2 * number} 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
        objects += [page.encode(), b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, obj in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, obj)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)


def encrypt_pdf(data: bytes, user_password: str) -> bytes:
    """The PDF `data`, encrypted with RC4 so that reading it needs no further package."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(user_password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def make_docx() -> bytes:
    """A headline, tracked changes, a table of two cells, a last paragraph."""
    document = docx.Document()
    document.add_heading("Minister blames rivals", 1)
    document.add_paragraph("CHANGES")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Left cell.", "Right cell."
    document.add_paragraph("هذا 🔥 last.")
    saved, out = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name).replace(b"<w:r><w:t>CHANGES</w:t></w:r>", INSERTED.encode())
            target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def main() -> None:
    """Write every document."""
    article = make_pdf(PAGES)
    for name, content in {
        "article.pdf": article,
        "locked.pdf": encrypt_pdf(article, "secret"),
        "restricted.pdf": encrypt_pdf(article, ""),
        "scan.pdf": make_pdf([[], []]),
        "article.docx": make_docx(),
    }.items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
