"""Files as people send them, and as nobody should: small, and made anew each time."""

import base64
import io
import struct
import zipfile
import zlib
from typing import Any

import pikepdf
from PIL import Image


def picture(width: int = 30, height: int = 20, kind: str = "PNG", mode: str = "RGB", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height), "teal" if mode.startswith("RGB") else 100).save(out, kind, **more)
    return out.getvalue()


def frames(kind: str, count: int = 3) -> bytes:
    out = io.BytesIO()
    made = [Image.new("RGB", (30, 20), (60 * at, 0, 0)) for at in range(count)]
    made[0].save(out, kind, save_all=True, append_images=made[1:])
    return out.getvalue()


def photo(kind: str = "JPEG", orientation: int = 6, width: int = 40, height: int = 20) -> bytes:
    """With a place, a device, and a side that is up: what is left of it red, right blue."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0110] = orientation, "MakerOfDevice", "ModelOfDevice"
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 12.0, 1.5), 3: "E", 4: (4.0, 24.0, 0.0)})
    out = io.BytesIO()
    more = {"comment": b"MakerOfDevice"} if kind == "JPEG" else {}
    image.save(out, kind, exif=exif, **more)
    return out.getvalue()


def vast_png(side: int = 60_000) -> bytes:
    """60,000 × 60,000 pixels in some hundred kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    packer, length = zlib.compressobj(9, wbits=-15), side // 8 + 1
    part = packer.compress(bytes(length * (side // 60))) + packer.flush(zlib.Z_FULL_FLUSH)  # it can be repeated
    sum_of_nothing = length * side % 65521 << 16 | 1
    rows = b"\x78\xda" + part * 60 + b"\x03\x00" + struct.pack(">L", sum_of_nothing)
    head = struct.pack(">LLBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pdf(pages: int = 1, text: str = "Dear all", **save: Any) -> bytes:
    """A PDF with that text on each page."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        for at in range(pages):
            add_page(made, f"{text} {at + 1}")
        made.save(out, **save)
    return out.getvalue()


def add_page(made: pikepdf.Pdf, text: str) -> Any:
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page,
        MediaBox=[0, 0, 595, 842],
        Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font)),
        Contents=made.make_stream(f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET".encode()),
    )
    made.pages.append(pikepdf.Page(made.make_indirect(page)))
    return made.pages[-1].obj


def locked_pdf() -> bytes:
    return pdf(encryption=pikepdf.Encryption(owner="o", user="secret"))


def many_pages(said: int = 1_000_000, kids: int = 1_000_000) -> bytes:
    """A PDF of a page that stands in it a million times, and that says so, or not."""
    out = [b"%PDF-1.4\n"]
    starts = []
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%b]>>" % (said, b"3 0 R " * kids),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>",
    )
    for number, each in enumerate(objects, 1):
        starts.append(sum(map(len, out)))
        out.append(b"%d 0 obj%b endobj\n" % (number, each))
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    end = sum(map(len, out))
    out.append(
        b"xref\n0 4\n0000000000 65535 f \n%btrailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (table, end)
    )
    return b"".join(out)


def busy_pdf() -> bytes:
    """With a form that is filled in, scripts, a program that is launched, an enclosed file, links, an outline and labels."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        pages = [add_page(made, f"Busy {at + 1}") for at in range(3)]
        name, dictionary = pikepdf.Name, pikepdf.Dictionary
        script = dictionary(S=name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        field = made.make_indirect(
            dictionary(
                Type=name.Annot, Subtype=name.Widget, FT=name.Tx, T=pikepdf.String("who"), V=pikepdf.String("Filled in"),
                Rect=[72, 600, 300, 630], DA=pikepdf.String("/Helv 12 Tf 0 g"), F=4, AA=dictionary(K=script),
            )
        )  # fmt: skip
        link = dictionary(Type=name.Annot, Subtype=name.Link, Rect=[0, 0, 10, 10])
        web = dictionary(S=name.URI, URI=pikepdf.String("https://example.org/"), Next=script)
        launch = dictionary(S=name.Launch, F=pikepdf.String("calc.exe"))
        pages[0].Annots = pikepdf.Array([field, link, link, link])
        pages[0].Annots[1] = dictionary({**dict(link.items()), "/A": web})
        pages[0].Annots[2] = dictionary({**dict(link.items()), "/A": launch})
        pages[0].Annots[3] = dictionary({**dict(link.items()), "/A": script})
        pages[0].AA = dictionary(O=script)
        font = dictionary(Type=name.Font, Subtype=name.Type1, BaseFont=name.Helvetica)
        made.Root.AcroForm = dictionary(Fields=[field], DR=dictionary(Font=dictionary(Helv=font)), NeedAppearances=True)
        made.Root.OpenAction = script
        made.Root.AA = dictionary(WC=script)
        made.attachments["inside.exe"] = pikepdf.AttachedFileSpec(made, b"MZ enclosed")
        with made.open_outline() as outline:
            first = pikepdf.OutlineItem("Chapter", 1)
            first.children.append(pikepdf.OutlineItem("Section", 2))
            outline.root.append(first)
        made.Root.PageLabels = dictionary(
            Nums=[0, dictionary(S=name.r), 2, dictionary(S=name.D, P=pikepdf.String("A-"), St=7)]
        )
        made.save(out)
    return out.getvalue()


def layered_pdf(base: str = "/ON") -> bytes:
    """A black page, on a layer that is hidden."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        page = add_page(made, "Seen")
        layer = made.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=pikepdf.String("Hidden")))
        page.Resources.Properties = pikepdf.Dictionary(L=layer)
        page.Contents = made.make_stream(b"/OC /L BDC 0 g 0 0 595 842 re f EMC")
        off = [layer] if base == "/ON" else []
        made.Root.OCProperties = pikepdf.Dictionary(
            OCGs=[layer], D=pikepdf.Dictionary(OFF=off, BaseState=pikepdf.Name(base))
        )
        made.save(out)
    return out.getvalue()


def signed_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as made:
        made.Root.AcroForm = pikepdf.Dictionary(Fields=[], SigFlags=3)
        made.save(out)
    return out.getvalue()


def docx(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", b"<Types/>")
        for name, content in ({"word/document.xml": b"<document/>"} | parts).items():
            made.writestr(name, content)
    return out.getvalue()


SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" width="200" height="100">'
    b'<rect width="200" height="100" fill="#00f"/><image x:href="file:///etc/passwd" width="9" height="9"/>'
    b'<image href="http://127.0.0.1:1/x.png" width="9" height="9"/><script>alert(1)</script></svg>'
)
RTF = rb"{\rtf1\ansi Dear all}"
MP3 = (b"\xff\xfb\x90\x00" + bytes(413)) * 4
WAV = b"RIFF\x24\0\0\0WAVEfmt " + bytes(20)
MP4 = b"\0\0\0\x14ftypisom\0\0\0\0isom" + b"\0\0\0\x10moov" + bytes(8) + b"\0\0\0\x08mdat"
FLAC = b"fLaC\x80\0\0\x22" + bytes(34)
OGG = b"OggS\0\x02" + bytes(20) + b"\x01\x13OpusHead" + bytes(11)
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(20)
AVI = b"RIFF\x24\0\0\0AVI LIST\x10\0\0\0hdrl" + bytes(16)


def ole(stream: str = "WordDocument") -> bytes:
    """An OLE file with a directory of two entries."""
    head = bytearray(512)
    head[:8], head[30:32], head[48:52] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", struct.pack("<H", 9), struct.pack("<L", 0)
    entries = bytearray(512)
    for at, name in enumerate(("Root Entry", stream)):
        text = (name + "\0").encode("utf-16-le")
        entries[at * 128 : at * 128 + len(text)] = text
        entries[at * 128 + 64 : at * 128 + 66] = struct.pack("<H", len(text))
    return bytes(head + entries)


HEIC = base64.b85decode(
    "0000SW^{RQXk}?*00000ZE0pPXk}?*ZE0a<0005KZDn*}000000000XXk=`10000000000aA{+700000000000000000000G-"
    "+&aV*mgE07O6l0ssL300001;Q#>u00000002S&0ssI200JWb0RR9100000bN~PVIB98aW&i*H00062000$fZf0cy000000RRAKc4ILB0000LX>"
    "Mj^0ssI300IC2MR;ju000004sdC7Z2$lO00031008`HaB^?}007)+aAR)(004Dpc4I>U18@KU0FVFx0000U@BsY%`1k+-"
    "4+CHT0RR|40Sp2E{{wIU00RJ!0009300RIXx&lC90096gLID8-"
    "Z~y=U0FVFx0{{R603M(qfd!W8uA1iHA)vs3000bt00093gkk^z00u+>!E?ch0000JV{dG7ZewhC0096E00w{n000zeb8uw<00000002M$002M$"
    "001asY+-N!001Ze00031000yK00061|NrO!00092|Nqng00062000nhX?SS>000032nYxO000<iaBX1#00000000310R@2q0|kTt000_ka%E-"
    "!00000000hSWOHKx0ssL30RR91zHMY-bN~PVJ}3dN86lz|Nbg;xzyFBJ|CoV)uJN_v<`G=(1F__2Y4BvJDo8yNpmM5!wMd=SucAJ{K)N~>RPeQ"
    "$i0yy?000I>cxh$;08LE*DgXcg2mk^B4*&uH000gE001V4B>)5f00031001-"
    "q0000@VQXb_Pi91Ac4=c}000620RRF30006`000000ssX700093002?|00000001)p00031000aC00031000930006"
)
"""40 × 20, left red, right blue, with a place and a device; no library that we have writes one."""
