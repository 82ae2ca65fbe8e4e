"""A batch of articles under any settings, read in as few passes as the screener's public methods allow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from framing.batch.settings import Settings
from framing.screener import Screener
from framing.screening import Finding, Screening
from framing.service.queueing import Job


def read(screener: Screener, jobs: Sequence[Job]) -> Iterator[tuple[Job, Screening | Exception]]:
    """Each article with its screening, or with what went wrong with it alone.

    Devices, voice and minimum score choose among the findings of one reading, so articles that differ in those are read together. A
    sensitivity decides what is found at all: there is one pass for each that is asked for, and one for minimum scores.
    """
    passes: dict[Settings, list[Job]] = {}
    for job in jobs:
        passes.setdefault(_decoded_under(job.settings), []).append(job)
    for settings, together in passes.items():
        for job, screening in zip(together, _screened(screener, together, settings), strict=True):
            yield job, screening if isinstance(screening, Exception) else _chosen(screening, job.settings)


def _decoded_under(settings: Settings) -> Settings:
    return Settings(sensitivity=settings.sensitivity) if settings.min_score is None else Settings(min_score=0.0)


def _screened(screener: Screener, jobs: Sequence[Job], settings: Settings) -> Sequence[Screening | Exception]:
    try:
        return screener.screen_many([job.text for job in jobs], **settings.arguments())
    except Exception as error:
        if len(jobs) == 1:
            return [error]
        # One article must not cost its neighbours their results.
        return [result for job in jobs for result in _screened(screener, [job], settings)]


def _chosen(screening: Screening, settings: Settings) -> Screening:
    least = settings.min_score or 0.0

    def keep(finding: Finding) -> bool:
        return finding.device in settings.devices and settings.only in (None, finding.voice) and finding.score >= least

    return screening.filtered(keep)
