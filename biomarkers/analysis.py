"""A recording of a patient in, features and quality out.

Long recordings are worked through in blocks of at most half a minute, each cut at its quietest moment, so that memory stays
that of one block; what is pooled are frames and periods, never samples. The first round over the blocks finds levels and
the range of the pitch, the second measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import parselmouth
from numpy.typing import NDArray

from biomarkers import activity, noise, periods, perturbation, pitch, quality, tonality
from biomarkers.audio import Gap, Samples, Vector, frame_levels_dbfs
from biomarkers.echo import echo_correlation
from biomarkers.features import SegmentAnalysis, measured, refused
from biomarkers.limits import (
    BLOCK_CUT_SEARCH_S,
    BLOCK_S,
    FRAME_S,
    HOP_S,
    LEVEL_MIN_DBFS,
    RATE_HZ,
    SEGMENT_MIN_S,
    SPEECH_BELOW_VOICED_DB,
)
from biomarkers.loss import lost_gaps
from biomarkers.measures import Measured, measured_features
from biomarkers.pitch import Found, PitchRange, Sex
from biomarkers.quality import Quality
from biomarkers.spectra import channel_of, frame_spectra

_GAP_GUARD_S = 0.02
_CEPSTRAL_FRAMES = 2  #: every second pitch frame: windows of 100 ms overlap by four fifths even so
_HOP = round(HOP_S * RATE_HZ)

Mask = activity.Mask
Block = tuple[int, int]


def analyse(
    samples: Samples | Vector,
    *,
    sex: Sex = "unknown",
    lost: Sequence[Gap] = (),
    reference: Samples | Vector | None = None,
    clipped_ratio: float | None = None,
) -> SegmentAnalysis:
    """Measure 8 kHz `samples` of one talker, or say why not.

    lost: stretches that never arrived, if the transport knows them; zero-filled packets are found besides. reference:
    the agent's track over the same time, to recognise its echo. clipped_ratio: as measured before resampling, if that
    happened. `samples` must be finite; they are only read.
    """
    first = Quality(seconds=len(samples) / RATE_HZ)
    if first.seconds < SEGMENT_MIN_S:
        return refused(first, first.refusals())
    dbfs = frame_levels_dbfs(samples)
    first = replace(
        first,
        level_dbfs=float(np.percentile(dbfs, 95)),
        clipped_ratio=quality.clipped_ratio(samples) if clipped_ratio is None else clipped_ratio,
        echo_correlation=0.0 if reference is None else echo_correlation(samples, reference),
    )
    if first.level_dbfs is None or first.level_dbfs < LEVEL_MIN_DBFS:
        return refused(first, first.refusals()[:1])
    gaps = tuple(sorted((*lost, *lost_gaps(samples, RATE_HZ)), key=lambda gap: gap.start_s))
    return _analyse_audible(samples, activity.bridged(dbfs, gaps), gaps, first, sex)


def _analyse_audible(
    samples: Samples | Vector, dbfs: Vector, gaps: tuple[Gap, ...], first: Quality, sex: Sex
) -> SegmentAnalysis:
    blocks = _blocks(dbfs, len(samples))
    limit, within = _voice_range(samples, dbfs, blocks, sex)
    found = _Pooled.of([_measure_block(samples, block, dbfs, gaps, limit, within) for block in blocks])
    spoken = activity.levels(dbfs, _on_level_frames(found.voiced_times_s, len(dbfs)))
    doing = activity.measure(spoken) if spoken else None
    hnr_db = noise.harmonics_to_noise_db(found.cycles)
    judged = replace(
        first,
        voiced_s=len(found.voiced_times_s) * pitch.TRACK_STEP_S,
        snr_db=quality.signal_to_noise_db(spoken) if spoken else None,
        lost_ratio=quality.lost_ratio(gaps, doing) if doing else 0.0,
        tone_ratio=tonality.tone_ratio(found.lines),
        is_music=tonality.is_music(found.hz, hnr_db),
        is_pitch_doubtful=quality.is_pitch_doubtful(found.hz),
        hnr_db=hnr_db,
    )
    channel = channel_of(found.long_term, spoken.noise_dbfs if spoken else None)
    refusals = judged.refusals()
    if refusals or spoken is None or doing is None:
        return refused(judged, refusals or (quality.Reason.NO_VOICE,), channel)
    material = Measured(
        hz=found.hz[found.hz > 0],
        perturbation=perturbation.measure(found.cycles),
        hnr_db=hnr_db,
        cepstral_peaks_db=found.cepstral_peaks_db,
        activity=doing,
        levels=spoken,
    )
    features, counts, reasons = measured_features(material)
    return measured(features, judged, counts, channel, reasons)


@dataclass(frozen=True, slots=True)
class _Pooled:
    """What the blocks gave, end to end. hz is the whole F0 track with zeros where unvoiced or unusable."""

    hz: Vector
    voiced_times_s: Vector
    cycles: periods.Periods
    cepstral_peaks_db: Vector
    lines: tonality.Lines
    long_term: Vector

    @staticmethod
    def of(parts: Sequence[_Pooled]) -> _Pooled:
        return _Pooled(
            np.concatenate([part.hz for part in parts]),
            np.concatenate([part.voiced_times_s for part in parts]),
            periods.Periods.joined([part.cycles for part in parts]),
            np.concatenate([part.cepstral_peaks_db for part in parts]),
            tonality.Lines.joined([part.lines for part in parts]),
            np.sum([part.long_term for part in parts], axis=0),
        )


def _blocks(dbfs: Vector, count: int) -> list[Block]:
    """Sample ranges of at most a minute, cut at the quietest frame of each one's last ten seconds."""
    longest, search = round(BLOCK_S / HOP_S), round(BLOCK_CUT_SEARCH_S / HOP_S)
    cuts = [0]
    while count - cuts[-1] > longest * _HOP:
        frame = cuts[-1] // _HOP + longest - search
        cuts.append((frame + int(np.argmin(dbfs[frame : frame + search]))) * _HOP)
    return list(zip(cuts, [*cuts[1:], count], strict=True))


def _sound(samples: Samples | Vector, block: Block) -> tuple[Vector, parselmouth.Sound]:
    piece = np.asarray(samples[block[0] : block[1]], np.float64)
    piece = piece - piece.mean()
    return piece, parselmouth.Sound(piece, RATE_HZ)


def _on_level_frames(times_s: Vector, count: int) -> Mask:
    """Level frames whose centre is nearest to one of the times."""
    mask = np.zeros(count, bool)
    mask[_level_frame(times_s, count)] = True
    return mask


def _level_frame(times_s: Vector, count: int) -> NDArray[np.intp]:
    return np.clip(np.floor((times_s - FRAME_S / 2) / HOP_S + 0.5 + 1e-6).astype(np.intp), 0, count - 1)


def _voice_range(
    samples: Samples | Vector, dbfs: Vector, blocks: Sequence[Block], sex: Sex
) -> tuple[float, PitchRange | None]:
    """The level (dBFS) above which a frame is speech, and where its pitch lies; None without enough voice."""
    parts, loud = [], []
    for block in blocks:
        piece, sound = _sound(samples, block)
        parts.append(pitch.search(piece, sound, sex))
        loud.append(dbfs[_level_frame(parts[-1].times_s + block[0] / RATE_HZ, len(dbfs))])
    together = np.concatenate(loud)
    if len(together) < pitch.FRAMES_MIN:
        return 0.0, None
    limit = float(np.median(together)) - SPEECH_BELOW_VOICED_DB
    found = Found.joined(parts, [levels > limit for levels in loud])
    return limit, pitch.range_from(found)


def _measure_block(
    samples: Samples | Vector,
    block: Block,
    dbfs: Vector,
    gaps: Sequence[Gap],
    limit_dbfs: float,
    within: PitchRange | None,
) -> _Pooled:
    """Everything that needs the samples of one block."""
    piece, sound = _sound(samples, block)
    spectra = frame_spectra(piece)
    track = pitch.track(sound, within) if within else None
    lines = tonality.lines_of(piece, spectra, track)
    long_term = spectra[lines.power > lines.power.max(initial=0.0) * 1e-2].sum(axis=0)
    if track is None:
        empty = np.zeros(0)
        return _Pooled(empty, empty, periods.Periods.joined([]), empty, lines, long_term)
    start_s = block[0] / RATE_HZ
    loud = dbfs[_level_frame(track.times_s + start_s, len(dbfs))] > limit_dbfs
    usable = loud & ~_near_gaps(track.times_s + start_s, gaps)
    hz = np.where(usable, track.hz, 0.0)
    stretches = periods.voiced_stretches(track, usable)
    return _Pooled(
        hz=hz,
        voiced_times_s=track.times_s[hz > 0] + start_s,
        cycles=periods.measure(piece, sound, track, stretches),
        cepstral_peaks_db=noise.cepstral_peaks_db(piece, track.times_s[hz > 0][::_CEPSTRAL_FRAMES]),
        lines=lines,
        long_term=long_term,
    )


def _near_gaps(times_s: Vector, gaps: Sequence[Gap]) -> Mask:
    near = np.zeros(len(times_s), bool)
    for gap in gaps:
        near |= (times_s > gap.start_s - _GAP_GUARD_S) & (times_s < gap.end_s + _GAP_GUARD_S)
    return near
