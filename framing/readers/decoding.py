"""Turns bytes into text: UTF-8, UTF-16 or UTF-32 with a byte order mark, else a legacy encoding that can be told."""

from __future__ import annotations

import codecs
import re
from collections import Counter

from framing.errors import InputError

# UTF-32 first: its little-endian mark begins with that of UTF-16
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 200_000
_WESTERN_SHARE = 0.1
_CHAOS_TIE = 0.02
# Czech read as Baltic scores 0.025 above Czech read as Central European: so near a rival, nothing is told
_COHERENCE_TIE = 0.05
_SCRIPT_SHARE = 0.3
_ENOUGH_LETTERS = 10
# quotation marks and dashes of UTF-8, which no other encoding has in text that is nearly all ASCII
_BROKEN_UTF8 = re.compile(rb"\xe2\x80[\x93\x94\x98\x99\x9c\x9d\xa6]")
_BEYOND_ASCII = bytes(range(128, 256))
_MOSTLY_ASCII = 0.9
# what the apostrophe of old Macs is in Windows-1252: a capital within a word
_MAC_APOSTROPHE = re.compile(r"[a-z]Õ[a-z]")
_WESTERN = frozenset("€‚„…‘’“”•–—™\xa0¡£§©«\xad®°²³·»¿½ŒœÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿ")


def decode(data: bytes, source: str) -> str:
    """The text of `data` without its byte order mark; InputError where the encoding cannot be told."""
    text = decode_unicode(data)
    if text is None and not data.startswith(tuple(mark for mark, _ in _BOMS)):
        text = _decode_legacy(data)
    if text is None:
        raise InputError(
            f"'{source}' is in an encoding that cannot be told; tried UTF-8, UTF-16 and UTF-32 with a byte order mark "
            f"and the legacy encodings; convert it, for example: iconv -f WINDOWS-1252 -t UTF-8 '{source}' > utf8.txt"
        )
    return text


def decode_unicode(data: bytes) -> str | None:
    """The text of `data` as UTF-8, or UTF-16 or UTF-32 with a byte order mark, the mark left out; else None."""
    encoding = "utf-8"
    for mark, name in _BOMS:
        if data.startswith(mark):
            data, encoding = data[len(mark) :], name
            break
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _decode_legacy(data: bytes) -> str | None:
    """The text in the one legacy encoding that fits, or None where several fit equally well or none does."""
    if _BROKEN_UTF8.search(data) and len(data.translate(None, _BEYOND_ASCII)) >= _MOSTLY_ASCII * len(data):
        # one bad byte in UTF-8 would make «â€™» of every apostrophe
        return None
    western = _decode_western(data)
    if western is not None and _accented_share(western) <= _WESTERN_SHARE:
        # charset-normalizer knows no prior: on an English page with one curly quote it prefers rarities
        return western
    from charset_normalizer import from_bytes

    matches = list(from_bytes(_sample(data)))
    # coherence 0 means that no language was recognised; the order of such guesses is arbitrary
    if not matches or (matches[0].coherence == 0 and not _has_kana_or_hangul(str(matches[0]))):
        return None
    best = matches[0]
    tied = [
        match
        for match in matches
        if match.chaos - best.chaos <= _CHAOS_TIE and best.coherence - match.coherence <= _COHERENCE_TIE
    ]
    if len({str(match) for match in tied}) > 1:
        return western
    try:
        return data.decode(best.encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _decode_western(data: bytes) -> str | None:
    """The text as Windows-1252, if every character beyond ASCII is one that Western European prose uses."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    if _MAC_APOSTROPHE.search(text):
        return data.decode("mac_roman")
    return text if all(char.isascii() or char in _WESTERN for char in set(text)) else None


def _has_kana_or_hangul(text: str) -> bool:
    """Whether hiragana or Hangul fills the share that it has in prose: text misread as Japanese or Korean has none."""
    letters = [char for char in text if char.isalpha() and not char.isascii()]
    native = sum("\u3041" <= char <= "\u3096" or "\uac00" <= char <= "\ud7a3" for char in letters)
    return len(letters) >= _ENOUGH_LETTERS and native >= _SCRIPT_SHARE * len(letters)


def _accented_share(text: str) -> float:
    letters = {char: count for char, count in Counter(text).items() if char.isalpha()}
    accented = sum(count for char, count in letters.items() if not char.isascii())
    return accented / max(1, sum(letters.values()))


def _sample(data: bytes) -> bytes:
    """Lines of `data` beyond ASCII, which are all the evidence there is, up to the sample size."""
    if len(data) <= _SAMPLE:
        return data
    evidence = b"\n".join(line for line in data.splitlines() if not line.isascii())
    if len(evidence) <= _SAMPLE:
        return evidence
    cut = evidence[:_SAMPLE]
    # cut at ASCII white space, so that no multi-byte character is halved
    return cut[: max(cut.rfind(b" "), cut.rfind(b"\n")) + 1] or cut
