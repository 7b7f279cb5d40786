"""QR codes as a phone's camera reads them: by a decoder that is not the one that drew them."""

from __future__ import annotations

from io import BytesIO

import pypdfium2
import zxingcpp
from PIL import Image

DOTS_PER_MODULE = 4
DOTS_PER_POINT = 4  # of a page of paper: some 300 dots an inch


def read(picture: bytes) -> str:
    """What the one square in a PNG says."""
    with Image.open(BytesIO(picture)) as image:
        return _read(image.convert("RGB"))


def read_pdf(paper: bytes) -> str:
    """What the one square on the first page says."""
    with pypdfium2.PdfDocument(paper) as document:
        return _read(document[0].render(scale=DOTS_PER_POINT).to_pil())


def read_text(printed: str) -> str:
    """What the one square on a terminal says: half a sign is a module; those that are drawn are light."""
    rows = [line for line in printed.splitlines() if line and set(line) <= set("█▀▄ ")]
    image = Image.new("L", (len(rows[0]), 2 * len(rows)), 0)
    for y, row in enumerate(rows):
        for x, sign in enumerate(row):
            image.putpixel((x, 2 * y), 255 if sign in "█▀" else 0)
            image.putpixel((x, 2 * y + 1), 255 if sign in "█▄" else 0)
    big = image.resize((image.width * DOTS_PER_MODULE, image.height * DOTS_PER_MODULE))
    return _read(big.convert("RGB"))


def _read(image: Image.Image) -> str:
    (found,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    return str(found.text)
