"""Small pictures and what may be wrong with them."""

from __future__ import annotations

import io

from PIL import Image

#: A place in EXIF, which nobody should learn from a picture.
LATITUDE = (36, 40, 12)


def picture(form: str, size: tuple[int, int] = (40, 30), *, has_place: bool = False) -> bytes:
    """A picture in a format of Pillow's, with a position in its metadata if asked."""
    made, written = Image.new("RGB", size, (200, 30, 30)), io.BytesIO()
    exif = Image.Exif()
    if has_place:
        exif[0x010E] = "CANARY-CAMERA"
        exif.get_ifd(0x8825).update({1: "N", 2: LATITUDE, 3: "E", 4: (117, 0, 0)})
    made.save(written, form, exif=exif)
    return written.getvalue()
