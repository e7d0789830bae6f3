"""Ready-made speech of the offline demo voice and of the simulated patients: not for patients.

8 kHz G.711 mu-law clips rendered ahead of time (`build.py`), so that nothing neural is needed to speak.

    clip("af_heart", "Goodbye.")        -> the bytes of one clip, or NotInPack
    speech("af_heart", "Goodbye. ...")  -> put together from clips, or NotInPack
"""

from heartvoice.demo.voicepack.compose import Speech, Spoken, speech
from heartvoice.demo.voicepack.manifest import NotInPack, clip, has

MAYA = "af_heart"

__all__ = ["MAYA", "NotInPack", "Speech", "Spoken", "clip", "has", "speech"]
