"""Tells what an attachment really is from its first bytes, whatever its sender called it."""

ISO_MEDIA_BRAND = slice(4, 12)  # "ftyp" and the brand, in every file of the MP4 family

_OPENINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"#!AMR", "audio/amr"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
)
_BRANDS = (
    (b"ftyphei", "image/heic"),
    (b"ftyphev", "image/heic"),
    (b"ftypmif1", "image/heif"),
    (b"ftypM4A", "audio/mp4"),
    (b"ftyp3g", "video/3gpp"),
    (b"ftypqt", "video/quicktime"),
    (b"ftypmp4", "video/mp4"),
    (b"ftypiso", "video/mp4"),
    (b"ftypavc1", "video/mp4"),
    (b"ftypMSNV", "video/mp4"),
)


def kind_of(content: bytes, announced: str = "") -> str | None:
    """Name the content type that the bytes prove; None for what families are not shown to send.

    Allowed are pictures, sound, short films (parents film a seizure), PDF and contact cards
    (A-09, F-33); pages, drawings with script, programs and archives are not.

    Args:
        content: at least the first 32 bytes.
        announced: what the provider called it; only tells sound from film in one container.
    """
    for opening, kind in _OPENINGS:
        if content.startswith(opening):
            return kind
    if content[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(content[8:12])
    for brand, kind in _BRANDS:
        if content[ISO_MEDIA_BRAND].startswith(brand):
            return kind.replace("video/", "audio/") if announced.startswith("audio/") else kind
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:11].upper() == b"BEGIN:VCARD":
        return "text/vcard"
    return None
