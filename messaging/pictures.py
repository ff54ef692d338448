"""Pictures drawn anew: nothing that was hidden in the file, before or behind the picture, comes along."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 25_000_000
LONGEST_SIDE = 3000
FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif"}


class PictureRefused(Exception):
    """Not a picture that can be drawn, or one of too many pixels; `is_too_large` says which."""

    def __init__(self, *, is_too_large: bool = False) -> None:
        super().__init__()
        self.is_too_large = is_too_large


def redraw(content: bytes) -> tuple[bytes, str]:
    """The picture and its type: PNG or JPEG, of a GIF its first frame as PNG; upright, without anything but pixels.

    Its size is read before a pixel is drawn. Raises PictureRefused.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _redrawn(content)
    except PictureRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureRefused(is_too_large=True) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError):
        raise PictureRefused from None


def _redrawn(content: bytes) -> tuple[bytes, str]:
    with Image.open(io.BytesIO(content), formats=list(FORMATS)) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise PictureRefused(is_too_large=True)
        is_photo = picture.format == "JPEG"
        if is_photo:
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        drawn = _small(_plain(picture, may_be_clear=not is_photo))
    ImageOps.exif_transpose(drawn, in_place=True)
    drawn.info = {}  # comments, profiles and other words
    written = io.BytesIO()
    drawn.save(written, "JPEG" if is_photo else "PNG", quality=88)
    return written.getvalue(), "image/jpeg" if is_photo else "image/png"


def _plain(picture: Image.Image, *, may_be_clear: bool) -> Image.Image:
    """In three colours, or four; the same picture where it is so already, since a copy may take 100 MB."""
    is_clear = may_be_clear and ("A" in picture.getbands() or "transparency" in picture.info)
    mode = "RGBA" if is_clear else "RGB"
    return picture if picture.mode == mode else picture.convert(mode)


def _small(picture: Image.Image) -> Image.Image:
    """By a whole factor, in one pass: that needs no room for another large picture."""
    factor = -(-max(picture.size) // LONGEST_SIDE)
    exif = picture.getexif()
    smaller = picture.reduce(factor) if factor > 1 else picture.copy()
    smaller.getexif().update(exif)
    return smaller
