"""Pictures drawn anew: nothing that was hidden in the file, before or behind the picture, comes along."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 25_000_000
LONGEST_SIDE = 4000
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
            picture.draft("RGB", (LONGEST_SIDE // 2, LONGEST_SIDE // 2))
        drawn = ImageOps.exif_transpose(picture)
        drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        return (_as_jpeg(drawn), "image/jpeg") if is_photo else (_as_png(drawn), "image/png")


def _as_jpeg(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    _bare(picture.convert("RGB")).save(written, "JPEG", quality=88)
    return written.getvalue()


def _as_png(picture: Image.Image) -> bytes:
    has_alpha = "A" in picture.getbands() or "transparency" in picture.info
    written = io.BytesIO()
    _bare(picture.convert("RGBA" if has_alpha else "RGB")).save(written, "PNG")
    return written.getvalue()


def _bare(picture: Image.Image) -> Image.Image:
    """Without comments, profiles and other words."""
    picture.info = {}
    return picture
