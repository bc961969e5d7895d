"""Words in field names that show what a field means."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LENGTH = _words("seconds second secs sec duration dur length len milliseconds ms")
FRAMES = _words("frames")
COUNT = _words("n num number count batch samples variants")
SHAPE = _words("size resolution ratio aspect aspectratio width height dimensions")
TASTE = _words("quality definition orientation")
"""Words that may say a shape, and may say something else."""

ABOUT = _words(
    """video videos clip clips movie film output outputs target result results total requested desired generation of in
    s n num number nb per prompt frame image picture screen w h mode name level tier size generate generated return
    candidate candidates sample variant batch"""
)
"""Words that stand around those above and change nothing of what they say."""

PICTURE = _words(
    """image images img imgs imageurl picture pictures pic pics photo photos keyframe keyframes mask masks frame"""
)
CLIP = _words("video videos clip clips videourl movie")
SOUND = _words("audio audios audiourl")
INPUT = PICTURE | CLIP | SOUND | _words("media medias file files content contents attachment attachments")
AROUND_INPUT = _words(
    """first last start end head tail begin ending init initial source input inputs key control guide id ids list data
    base b64 bytes url urls uri uris path paths raw reference references ref refs subject subjects character characters
    element elements driving upload uploaded prompt remix"""
)
LAST = _words("last end tail ending")
SEVERAL = _words("images imgs pictures pics photos reference references ref refs subject subjects")

ELSEWHERE = _words(
    """callback callbacks webhook webhooks hook hooks notify notification notifications redirect return referer referrer
    site website homepage page origin host domain endpoint proxy avatar license docs order orders ticket trace
    tracking"""
)
"""Words of a name that say that an address is not that of an input."""
