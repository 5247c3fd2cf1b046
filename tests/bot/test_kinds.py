"""What an attachment is, judged by its bytes alone."""

import pytest

from bot.kinds import kind_of


@pytest.mark.parametrize(
    ("opening", "kind"),
    [
        pytest.param(b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg", id="photo"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0", "image/png", id="screenshot"),
        pytest.param(b"GIF89a\1\0", "image/gif", id="gif"),
        pytest.param(b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp", id="webp"),
        pytest.param(b"\0\0\0\x18ftypheic\0\0", "image/heic", id="photo of an iPhone"),
        pytest.param(b"\0\0\0\x18ftypmif1\0\0", "image/heif", id="heif"),
        pytest.param(b"%PDF-1.7\n", "application/pdf", id="letter"),
        pytest.param(b"#!AMR\n", "audio/amr", id="voice memo of an old phone"),
        pytest.param(b"OggS\0\2", "audio/ogg", id="voice note"),
        pytest.param(b"ID3\3\0", "audio/mpeg", id="mp3"),
        pytest.param(b"RIFF\x10\0\0\0WAVEfmt ", "audio/wav", id="wav"),
        pytest.param(b"\0\0\0\x18ftyp3gp4\0\0", "video/3gpp", id="film of an old phone"),
        pytest.param(b"\0\0\0\x18ftypmp42\0\0", "video/mp4", id="film of a seizure"),
        pytest.param(b"\0\0\0\x14ftypqt  \0\0", "video/quicktime", id="film of an iPhone"),
        pytest.param(b"BEGIN:VCARD\r\nVERSION:3.0", "text/vcard", id="contact card"),
        pytest.param(b"\xef\xbb\xbfbegin:vcard\n", "text/vcard", id="contact card with a BOM"),
    ],
)
def test_what_families_send_is_recognised(opening: bytes, kind: str) -> None:
    assert kind_of(opening) == kind


@pytest.mark.parametrize(
    "opening",
    [
        pytest.param(
            b"<svg xmlns='http://www.w3.org/2000/svg'><script/>", id="drawing with script"
        ),
        pytest.param(b"<!doctype html><script>", id="page"),
        pytest.param(b"PK\3\4", id="archive"),
        pytest.param(b"MZ\x90\0", id="program"),
        pytest.param(b"II*\0", id="TIFF"),
        pytest.param(b"8BPS", id="PSD"),
        pytest.param(b"RIFF\x10\0\0\0AVI LIST", id="another RIFF"),
        pytest.param(b"\0\0\0\x18ftypxxxx", id="another container"),
        pytest.param(b"plain words", id="words"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_nothing_else_is_kept(opening: bytes) -> None:
    """A-09, A-30: whatever its sender called it."""
    assert kind_of(opening, "image/jpeg") is None


def test_a_voice_message_in_a_film_container_is_sound() -> None:
    assert kind_of(b"\0\0\0\x18ftypmp42\0\0", "audio/mp4") == "audio/mp4"
