"""The Word document whose styles, running head and foot our documents take: Pandoc's own, in the house style.

Made afresh from Pandoc's reference document, because the running head says what the data are and for whom.
"""

from __future__ import annotations

import io
import subprocess
import zipfile
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from lxml import etree

from analysis.publishing.word import W, archive

R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONSHIP = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_PART = "application/vnd.openxmlformats-officedocument.wordprocessingml"
INK, BLUE, RED, GREY = "1F1F1F", "12436D", "8A1538", "3D3D3D"

# style: (size in half points, colour, space before and after in twentieths of a point)
_HEADINGS = {
    "Title": (46, BLUE, 0, 80),
    "Subtitle": (28, GREY, 0, 240),
    "Heading1": (36, BLUE, 480, 120),
    "Heading2": (28, BLUE, 360, 100),
    "Heading3": (24, INK, 280, 80),
    "Heading4": (22, INK, 240, 60),
}
# callout: (edge, background), as Quarto colours them
CALLOUTS = {
    "note": ("0758E5", "DAE6FB"),
    "tip": ("00A047", "CCF1E3"),
    "important": ("CC1914", "F7DDDC"),
    "warning": ("EB9113", "FCEFDC"),
    "caution": ("FC5300", "FFE5D0"),
}


def write(path: Path, *, head: str, draft: bool = False) -> None:
    """Writes the reference document. `head` is the running head on every page; a draft gets a watermark too."""
    parts = dict(_pandocs_own())
    parts["word/styles.xml"] = _styles(parts["word/styles.xml"])
    parts["word/header1.xml"] = _header(head, draft)
    parts["word/footer1.xml"] = _footer()
    parts["[Content_Types].xml"] = _content_types(parts["[Content_Types].xml"])
    parts["word/_rels/document.xml.rels"] = _relationships(parts["word/_rels/document.xml.rels"])
    parts["word/document.xml"] = _section(parts["word/document.xml"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(archive(parts))


@lru_cache(maxsize=1)
def _pandocs_own() -> tuple[tuple[str, bytes], ...]:
    import pypandoc

    command = [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"]
    made = subprocess.run(command, check=True, capture_output=True).stdout
    with zipfile.ZipFile(io.BytesIO(made)) as docx:
        return tuple((name, docx.read(name)) for name in docx.namelist())


def _styles(given: bytes) -> bytes:
    styles = etree.fromstring(given)
    fonts = styles.find(f".//{{{W}}}rPrDefault//{{{W}}}rFonts")
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(f"{{{W}}}{script}", "Arial")
    defaults = styles.find(f".//{{{W}}}rPrDefault/{{{W}}}rPr")
    for size in ("sz", "szCs"):
        defaults.find(f"{{{W}}}{size}").set(f"{{{W}}}val", "20")
    defaults.find(f"{{{W}}}lang").set(f"{{{W}}}val", "en-GB")
    by_id = {style.get(f"{{{W}}}styleId"): style for style in styles.findall(f"{{{W}}}style")}
    for name, (size, colour, before, after) in _HEADINGS.items():
        keep = "" if name in ("Title", "Subtitle") else "<w:keepNext/><w:keepLines/>"
        weight = "" if name == "Subtitle" else "<w:b/>"
        _replace(
            by_id[name],
            f'{keep}<w:spacing w:before="{before}" w:after="{after}"/>{_outline(name)}',
            f'{weight}<w:color w:val="{colour}"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/>',
        )
    for name in ("Caption", "ImageCaption", "TableCaption"):
        keep = "<w:keepNext/>" if name == "TableCaption" else ""
        _replace(by_id[name], f'{keep}<w:spacing w:before="120" w:after="160"/>', '<w:b/><w:sz w:val="20"/>')
    _replace(by_id["BodyText"], '<w:spacing w:before="100" w:after="100" w:line="259" w:lineRule="auto"/>', "")
    _replace(by_id["Compact"], '<w:spacing w:before="40" w:after="40"/>', "")
    _replace(by_id["Figure"], '<w:keepNext/><w:spacing w:before="200" w:after="0"/>', "")
    _replace(by_id["CaptionedFigure"], '<w:keepNext/><w:spacing w:before="200" w:after="0"/>', "")
    _replace(
        by_id["TOCHeading"],
        '<w:spacing w:before="360" w:after="120"/>',
        f'<w:b/><w:color w:val="{BLUE}"/><w:sz w:val="28"/><w:szCs w:val="28"/>',
    )
    edge = f'<w:pBdr><w:left w:val="single" w:sz="36" w:space="8" w:color="{RED}"/></w:pBdr>'
    notice = f'{edge}<w:shd w:val="clear" w:fill="F8E9ED"/>'
    _replace(
        by_id["AbstractTitle"],
        f'<w:keepNext/>{notice}<w:spacing w:before="240" w:after="0"/><w:ind w:left="200"/>',
        "<w:b/>",
    )
    _replace(by_id["Abstract"], f'{notice}<w:spacing w:before="0" w:after="240"/><w:ind w:left="200"/>', "")
    by_id["Table"].getparent().replace(by_id["Table"], _element(_TABLE_STYLE))
    styles.append(_element(_REGISTER_STYLE))
    _replace(by_id["Hyperlink"], "", f'<w:color w:val="{BLUE}"/><w:u w:val="single"/>')
    for level in range(1, 4):
        styles.append(_element(_CONTENTS_STYLE.format(level=level, indent=240 * (level - 1))))
    for style in ("Header", "Footer"):
        styles.append(_element(_RUNNING_STYLE.format(name=style, id=style)))
    for kind, (edge, fill) in CALLOUTS.items():
        styles.append(_element(_CALLOUT_STYLE.format(kind=kind.title(), edge=edge, fill=fill)))
    return etree.tostring(styles, xml_declaration=True, encoding="UTF-8", standalone=True)


def _outline(name: str) -> str:
    return f'<w:outlineLvl w:val="{int(name[-1]) - 1}"/>' if name.startswith("Heading") else ""


def _replace(style, paragraph: str, run: str) -> None:
    for old in [*style.findall(f"{{{W}}}pPr"), *style.findall(f"{{{W}}}rPr")]:
        style.remove(old)
    if paragraph:
        style.append(_element(f"<w:pPr>{paragraph}</w:pPr>"))
    if run:
        style.append(_element(f"<w:rPr>{run}</w:rPr>"))


_TABLE_STYLE = f"""<w:style w:type="table" w:default="1" w:styleId="Table"><w:name w:val="Table"/><w:qFormat/>
<w:pPr><w:spacing w:before="0" w:after="0"/></w:pPr><w:rPr><w:sz w:val="17"/><w:szCs w:val="17"/></w:rPr><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblBorders>
<w:top w:val="single" w:sz="8" w:color="{BLUE}"/><w:bottom w:val="single" w:sz="8" w:color="{BLUE}"/>
<w:insideH w:val="single" w:sz="4" w:color="BFBFBF"/></w:tblBorders><w:tblCellMar>
<w:top w:w="40" w:type="dxa"/><w:left w:w="100" w:type="dxa"/><w:bottom w:w="40" w:type="dxa"/>
<w:right w:w="100" w:type="dxa"/></w:tblCellMar></w:tblPr>
<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:tcBorders>
<w:bottom w:val="single" w:sz="8" w:color="{BLUE}"/></w:tcBorders><w:shd w:val="clear" w:fill="E7EDF3"/>
<w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr></w:style>"""

# The register is for looking things up, so that it is printed smaller than what is read.
_REGISTER_STYLE = """<w:style w:type="table" w:customStyle="1" w:styleId="Register"><w:name w:val="Register"/>
<w:basedOn w:val="Table"/><w:qFormat/><w:rPr><w:sz w:val="15"/><w:szCs w:val="15"/></w:rPr><w:tblPr><w:tblCellMar>
<w:top w:w="0" w:type="dxa"/><w:left w:w="80" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>
<w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>"""

_RUNNING_STYLE = f"""<w:style w:type="paragraph" w:styleId="{{id}}"><w:name w:val="{{name}}"/>
<w:basedOn w:val="Normal"/><w:pPr><w:spacing w:before="0" w:after="0"/><w:jc w:val="center"/></w:pPr>
<w:rPr><w:b/><w:color w:val="{RED}"/><w:sz w:val="18"/><w:szCs w:val="18"/></w:rPr></w:style>"""

_CONTENTS_STYLE = """<w:style w:type="paragraph" w:styleId="TOC{level}"><w:name w:val="toc {level}"/>
<w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:uiPriority w:val="39"/><w:pPr>
<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="9400"/></w:tabs><w:spacing w:before="30" w:after="30"/>
<w:ind w:left="{indent}"/></w:pPr></w:style>"""

_CALLOUT_STYLE = """<w:style w:type="table" w:customStyle="1" w:styleId="Callout{kind}"><w:name w:val="Callout {kind}"/>
<w:qFormat/><w:pPr><w:spacing w:before="60" w:after="60"/></w:pPr><w:tblPr><w:tblInd w:w="0" w:type="dxa"/>
<w:tblBorders><w:left w:val="single" w:sz="36" w:color="{edge}"/></w:tblBorders><w:tblCellMar>
<w:top w:w="100" w:type="dxa"/><w:left w:w="160" w:type="dxa"/><w:bottom w:w="100" w:type="dxa"/>
<w:right w:w="160" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tcPr><w:shd w:val="clear" w:fill="{fill}"/></w:tcPr>
</w:style>"""


def _element(xml: str):
    opening, _, rest = xml.partition(">")
    spaces = f' xmlns:w="{W}" xmlns:r="{R}"'
    return etree.fromstring(f"{opening[:-1]}{spaces}/>" if opening.endswith("/") else f"{opening}{spaces}>{rest}")


def _header(head: str, draft: bool) -> bytes:
    text = f'<w:r><w:t xml:space="preserve">{escape(head)}</w:t></w:r>' if head else ""
    return _part("hdr", f'<w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>{_WATERMARK if draft else ""}{text}</w:p>')


# Word's own way of a watermark: a word drawn as a shape, anchored in the running head, behind the text.
_WATERMARK = """<w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">
<v:textpath on="t" fitshape="t"/></v:shapetype>
<v:shape id="DraftMark" o:spid="_x0000_s2049" type="#_x0000_t136" alt="Draft, not checked"
style="position:absolute;margin-left:0;margin-top:0;width:460pt;height:100pt;rotation:315;z-index:-251658752;
mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;
mso-position-vertical-relative:margin" fillcolor="#d9d9d9" stroked="f">
<v:textpath style="font-family:&quot;Arial&quot;;font-size:1pt" string="DRAFT – not checked"/></v:shape></w:pict></w:r>"""


def _footer() -> bytes:
    page = (
        '<w:r><w:t xml:space="preserve">Page </w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    return _part("ftr", f'<w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{page}</w:p>')


def _part(root: str, body: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:{root} xmlns:w="{W}" xmlns:r="{R}">{body}</w:{root}>'
    ).encode()


def _content_types(given: bytes) -> bytes:
    types = etree.fromstring(given)
    for name in ("header", "footer"):
        etree.SubElement(
            types, f"{{{_TYPES}}}Override", PartName=f"/word/{name}1.xml", ContentType=f"{_PART}.{name}+xml"
        )
    return etree.tostring(types, xml_declaration=True, encoding="UTF-8", standalone=True)


def _relationships(given: bytes) -> bytes:
    relationships = etree.fromstring(given)
    for name in ("header", "footer"):
        etree.SubElement(
            relationships,
            f"{{{_RELATIONSHIP}}}Relationship",
            Type=f"{R}/{name}",
            Id=f"rId{name}",
            Target=f"{name}1.xml",
        )
    return etree.tostring(relationships, xml_declaration=True, encoding="UTF-8", standalone=True)


def _section(given: bytes) -> bytes:
    document = etree.fromstring(given)
    section = document.find(f".//{{{W}}}body/{{{W}}}sectPr")
    for name in ("footer", "header"):
        section.insert(0, _element(f'<w:{name}Reference w:type="default" r:id="rId{name}"/>'))
    section.append(_element('<w:pgSz w:w="11906" w:h="16838"/>'))
    section.append(
        _element(
            '<w:pgMar w:top="1304" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/>'
        )
    )
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8", standalone=True)
