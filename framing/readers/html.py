"""Reads a saved web page."""

from __future__ import annotations

import codecs
import re
import unicodedata
from types import ModuleType
from typing import Any

from framing.errors import InputError
from framing.readers.decoding import decode, decode_unicode
from framing.readers.optional import quiet, require
from framing.text import Document

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
# what browsers read under these names
_READ_AS = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}
_JUNK = "//script|//style|//noscript|//template|//svg|//iframe|//object|//button|//select|//textarea"
_AROUND = "//nav|//footer|//aside|//form|//table|//*[@hidden]|//*[@id='comments']"
# HTML's own block elements, then the names trafilatura gives them
_BLOCK_NAMES = (
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul "
    "head item list quote row cell doc"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SHORT_PAGE = 250
_STAND_INS = range(0x10600, 0x10700)


def read(data: bytes, source: str) -> Document:
    """The headline and the paragraphs of the page's main article."""
    return read_page(decode_page(data, source), source)


def decode_page(data: bytes, source: str, charset: str | None = None) -> str:
    """The page's source, by its byte order mark, `charset` or <meta> tag; as browsers do, bad bytes become U+FFFD."""
    declared = _CHARSET.search(data[:4096])
    name = charset or (declared[1].decode("ascii", "replace") if declared else None)
    text = decode_unicode(data)
    if text is not None and (data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or not name):
        return text
    codec = _codec(name) if name else None
    if codec is None:
        return text if text is not None else decode(data, source)
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode(codec)
    except UnicodeDecodeError:
        return text if text is not None else data.decode(codec, "replace")


def _codec(name: str) -> str | None:
    try:
        codec = codecs.lookup(name).name
        "".encode(codec)
    except LookupError:
        return None
    # a <meta> tag that could be read as bytes is not UTF-16, whatever it says
    return "utf-8" if codec.startswith(("utf-16", "utf-32")) else _READ_AS.get(codec, codec)


def read_page(page: str, source: str) -> Document:
    """The headline and the paragraphs of the main article in the HTML `page`."""
    purpose = "Reading a web page"
    trafilatura = require("trafilatura", "trafilatura", purpose)
    etree = require("lxml.etree", "lxml", purpose)
    lxml_html = require("lxml.html", "lxml", purpose)
    try:
        parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
        tree = lxml_html.document_fromstring(page.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise InputError(f"'{source}' holds no page that can be parsed ({error}); save it again, or as .txt") from error
    for node in tree.xpath(_JUNK):
        node.drop_tree()
    _keep_wording(tree)
    shown = _hide_format_characters(tree)
    article = _article(tree, trafilatura, etree)
    blocks = _whole_body(tree, article) if len(article) < 2 or _size(article) < _SHORT_PAGE else article
    return Document.from_text("\n\n".join(blocks).translate(shown), source)


def _keep_wording(tree: Any) -> None:
    """Make text of inline elements that trafilatura drops or cuts a sentence at: browsers show <q> in quotation marks, <time> as it is."""
    for quoted in tree.xpath("//q"):
        quoted.text = f"“{quoted.text or ''}"
        last = quoted[-1] if len(quoted) else None
        if last is None:
            quoted.text += "”"
        else:
            last.tail = f"{last.tail or ''}”"
        quoted.drop_tag()
    for time in tree.xpath("//p//time"):
        time.drop_tag()


def _hide_format_characters(tree: Any) -> dict[int, str]:
    """Replace joiners and direction marks by stand-ins; returns the table that restores them.

    trafilatura drops every character that does not print, which breaks Persian words and joined emoji.
    """
    used = {char for text in tree.itertext() for char in text}
    hidden = sorted(char for char in used if unicodedata.category(char) == "Cf")
    free = [chr(code) for code in _STAND_INS if chr(code) not in used]
    table = {ord(char): stand_in for char, stand_in in zip(hidden, free, strict=False)}
    if table:
        for element in tree.iter():
            element.text = element.text and element.text.translate(table)
            element.tail = element.tail and element.tail.translate(table)
    return {ord(stand_in): chr(code) for code, stand_in in table.items()}


def _article(tree: Any, trafilatura: ModuleType, etree: ModuleType) -> list[str]:
    """Headline and paragraphs as trafilatura finds them; empty where it finds no article."""
    with quiet("trafilatura", "htmldate", "courlan"):
        try:
            found = trafilatura.bare_extraction(tree, include_comments=False, include_tables=False)
        except (etree.LxmlError, ValueError, TypeError, AttributeError, RecursionError):
            # odd pages break it in odd ways; the whole body is still there to read
            return []
    blocks = _blocks(found.body) if found is not None and found.body is not None else []
    if not blocks or found.body.find(".//head[@rend='h1']") is not None:
        return blocks
    headline = _headline(tree)
    return [headline, *blocks] if headline and headline not in blocks[:3] else blocks


def _headline(tree: Any) -> str:
    """The article's headline: its <h1>, else what the page tells social media, else the page's only <h1>."""
    inside = tree.xpath("//article//h1|//main//h1")
    alone = tree.xpath("//h1")
    candidates = [
        inside[0].text_content() if inside else "",
        *tree.xpath("//meta[@property='og:title']/@content"),
        alone[0].text_content() if len(alone) == 1 else "",
    ]
    return next((clean for candidate in candidates if (clean := _SPACE.sub(" ", candidate).strip())), "")


def _whole_body(tree: Any, article: list[str]) -> list[str]:
    """The page's text, or `article` where that is clearly less: then the rest is what surrounds an article.

    On a short page trafilatura finds nothing, or runs all paragraphs together.
    """
    body = tree.find("body")
    everything = _blocks(body) if body is not None else []
    for node in tree.xpath(_AROUND):
        if node.getparent() is not None and node is not body:
            node.drop_tree()
    # old pages are laid out in tables: without these nothing is left
    blocks = (_blocks(body) if body is not None else []) or everything
    return article if article and _size(blocks) > 2 * _size(article) else blocks


def _size(blocks: list[str]) -> int:
    return sum(map(len, blocks))


def _blocks(root: Any) -> list[str]:
    """The text of each innermost block below `root`, white space as a browser shows it."""
    blocks: list[str] = []
    inline: list[str] = []

    def finish() -> None:
        lines = (_SPACE.sub(" ", line).strip(" ") for line in "".join(inline).split("\v"))
        block = "\n".join(lines).strip()
        if block:
            blocks.append(block)
        inline.clear()

    def walk(element: Any) -> None:
        # an explicit stack: saved pages nest deeper than Python recurses
        stack = [(element, False)]
        while stack:
            node, left = stack.pop()
            is_block = node.tag in _BLOCKS
            if is_block:
                finish()
            if left:
                inline.append(node.tail or "" if node is not element else "")
                continue
            inline.append("\v" if node.tag in ("br", "lb") else node.text or "")
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node))

    walk(root)
    finish()
    return blocks
