"""Reads pairs of opposed sides (countries, blocs, parties, creeds, classes) whose names can stand for each other in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Annotated, Any, Final

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from framing.errors import ConfigError

SHIPPED_PAIRS: Final = Path(__file__).parent / "swap_pairs.yaml"
SLOTS: Final = ("name", "adjective", "person", "people", "compound", "capital", "leader", "leader_full")


def _listed(value: Any) -> Any:
    """One form, a list of them, or a list of lists (long lists are kept in rows) as a tuple."""
    if not isinstance(value, list):
        return (value,) if isinstance(value, str) else value
    return tuple(form for part in value for form in (part if isinstance(part, list) else [part]))


Form = Annotated[str, Field(pattern=r"^\w(?:.*[\w.])?$")]
Forms = Annotated[tuple[Form, ...], BeforeValidator(_listed)]


class Side(BaseModel):
    """The ways in which a text names one side. Of each list the first form is written, the others are recognised as well.

    `name` may carry «the». `person` and `people` are the demonym in singular and plural; `compound` stands before a hyphen
    («US-led»); `capital` is what stands for the government; `words` are whatever else differs, the first swapped with the
    opposed side's first, and so on. `keep` are phrases that hold a form and mean something else («Washington Post»).
    A form in lower case is also found with a capital; every form is also found in capitals throughout; a form with capitals is
    not looked for in lower case, because «us», «polish» and «west» are other words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    kind: str
    name: Forms = ()
    adjective: Forms = ()
    person: Forms = ()
    people: Forms = ()
    compound: Forms = ()
    capital: Forms = ()
    leader: Forms = ()
    leader_full: Forms = ()
    words: Forms = ()
    keep: Forms = ()

    def slots(self) -> dict[str, tuple[str, ...]]:
        """Forms by slot, empty slots left out; each of `words` is a slot of its own (`words.0`, `words.1`)."""
        named = {slot: getattr(self, slot) for slot in SLOTS}
        numbered = {f"words.{index}": (word,) for index, word in enumerate(self.words)}
        return {slot: forms for slot, forms in (named | numbered).items() if forms}

    def forms(self) -> Iterator[str]:
        """Every form of every slot."""
        for forms in self.slots().values():
            yield from forms


@dataclass(frozen=True)
class Pair:
    """Two sides that are swapped for each other; `name` is made of their keys in the file."""

    name: str
    keys: tuple[str, str]
    sides: tuple[Side, Side]

    @property
    def kind(self) -> str:
        """What both sides are: 'country', 'party' and so on."""
        return self.sides[0].kind

    @cached_property
    def first_words(self) -> frozenset[str]:
        """The first word of each form in lower case, «the» left out: a text with none of them holds no form."""
        return frozenset(re.findall(r"\w+", bare(form).lower())[0] for side in self.sides for form in side.forms())


def bare(form: str) -> str:
    """The form without its article."""
    return form.removeprefix("the ")


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    sides: dict[str, Side]
    pairs: list[Annotated[tuple[str, str], BeforeValidator(_listed)]] = Field(min_length=1)


def load_pairs(path: Path = SHIPPED_PAIRS) -> tuple[Pair, ...]:
    """The pairs of a YAML file with the keys `sides` and `pairs`; the shipped one is the model to write another by.

    Raises:
        ConfigError: the file is missing or not YAML, a key or value is wrong, or a pair cannot be swapped: its sides are of
            two kinds, share a form, or differ in the number of `words`.
    """
    try:
        content = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file of pairs; the shipped one is {SHIPPED_PAIRS}") from None
    except ValidationError as error:
        raise ConfigError("\n".join(f"{path}: {_explain(problem)}" for problem in error.errors())) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: not readable as YAML: {error}") from error
    pairs = tuple(_pair(path, content, first, second) for first, second in content.pairs)
    names = [pair.name for pair in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"{path}: the pair {name} stands {names.count(name)} times, expected once; remove the others")
    return pairs


def _pair(path: Path, content: _File, *keys: str) -> Pair:
    for key in keys:
        if key not in content.sides:
            raise ConfigError(f"{path}: a pair names the side '{key}', expected one of {', '.join(content.sides)}; add it under 'sides'")
    first, second = (content.sides[key] for key in keys)
    where = f"{path}: pair {keys[0]}-{keys[1]}"
    if first.kind != second.kind:
        raise ConfigError(f"{where}: found the kinds '{first.kind}' and '{second.kind}', expected one kind; pair like with like")
    shared = sorted({bare(form).lower() for form in first.forms()} & {bare(form).lower() for form in second.forms()})
    if shared:
        raise ConfigError(f"{where}: both sides have the form '{shared[0]}', expected different ones; remove it from one of them")
    for one, other in zip_longest(first.words, second.words):
        if one is None or other is None:
            raise ConfigError(
                f"{where}: 'words' has {len(first.words)} and {len(second.words)} entries, expected as many; '{one or other}' has no "
                "counterpart; add it or remove the word"
            )
    if not first.slots().keys() & second.slots().keys():
        raise ConfigError(f"{where}: no slot is filled on both sides, so nothing can be swapped; give both of them a 'name'")
    return Pair(f"{keys[0]}-{keys[1]}", (keys[0], keys[1]), (first, second))


def _explain(problem: Any) -> str:
    key = ".".join(str(part) for part in problem["loc"]) or "the file"
    if problem["type"] == "extra_forbidden":
        known = Side.model_fields if len(problem["loc"]) > 1 else _File.model_fields
        return f"key '{key}' is unknown; expected one of {', '.join(known)}; rename or remove it"
    if problem["type"] == "missing":
        return f"key '{key}' is missing; add it"
    if problem["type"] == "string_pattern_mismatch":
        return f"key '{key}': found the form {problem['input']!r}, expected a word or words without space around them; correct it"
    return f"key '{key}': {problem['msg']}; found {problem['input']!r}"
