"""What the endpoints take, checked where it comes in."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from framing.batch.settings import Settings
from framing.decoding import Sensitivity
from framing.taxonomy import DEVICE_NAMES

ID_CHARACTERS: Final = 256
SAMPLE: Final = "The puppet regime is to blame for the war, experts say.\n\nThe council met on Tuesday."

DeviceName = Literal["loaded_label", "blame_attribution", "bloc_rhetoric", "unsourced_claim"]
_Text = Annotated[str, Field(description="The article as it is; blank lines part paragraphs. Offsets count its code points.")]
_Id = Annotated[str | None, Field(max_length=ID_CHARACTERS, description="The caller's name for it, given back with the result.")]


def _excludes_one(schema: dict[str, Any]) -> None:
    """Say in the schema what `_one_threshold` checks."""
    schema["not"] = {
        "required": ["min_score", "sensitivity"],
        "properties": {"min_score": {"type": "number"}, "sensitivity": {"enum": ["quiet", "thorough"]}},
    }


class ScreeningSettings(BaseModel):
    """How articles are screened."""

    model_config = ConfigDict(strict=True, extra="forbid", json_schema_extra=_excludes_one)

    sensitivity: Annotated[
        Sensitivity, Field(description="'quiet' or 'thorough': fewer and surer findings, or more, than at the fitted thresholds.")
    ] = "balanced"
    only: Annotated[Literal["own", "reported"] | None, Field(description="Keep the findings in this voice alone.")] = None
    min_score: Annotated[
        float | None, Field(ge=0, le=1, description="Probability from which wording is a finding; the fitted thresholds decide without it.")
    ] = None
    devices: Annotated[list[DeviceName] | None, Field(description="Give findings of these devices alone; scores come for all.")] = None

    @model_validator(mode="after")
    def _one_threshold(self) -> ScreeningSettings:
        if self.min_score is not None and self.sensitivity != "balanced":
            raise ValueError("min_score and sensitivity both set the threshold; give one of them")
        return self

    def settings(self) -> Settings:
        """The same as the screener takes it."""
        devices = DEVICE_NAMES if self.devices is None else tuple(self.devices)
        return Settings(devices, self.only, self.min_score, self.sensitivity)


class ScreenRequest(ScreeningSettings):
    """One article."""

    text: _Text
    id: _Id = None


class Article(BaseModel):
    """An article among several."""

    model_config = ConfigDict(strict=True, extra="forbid")

    text: _Text
    id: _Id = None


class BatchRequest(ScreeningSettings):
    """Several articles under the same settings."""

    articles: Annotated[list[Article], Field(description="In the order in which the results come back.")]
