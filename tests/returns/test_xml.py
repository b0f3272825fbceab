"""XML is read one element at a time, and never does what a hostile file asks."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.returns.xml import UnsafeXml, events, line_of, local_name, mentions, root_name

BILLION_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<Message note="&c;">&c;</Message>"""
OUTSIDE = b"""<!DOCTYPE Message [<!ENTITY file SYSTEM "file:///etc/passwd">]><Message>&file;</Message>"""
OUTSIDE_TYPE = b"""<!DOCTYPE Message SYSTEM "http://example.org/census.dtd"><Message/>"""


@pytest.mark.parametrize("hostile", [BILLION_LAUGHS, OUTSIDE, OUTSIDE_TYPE, BILLION_LAUGHS.decode().encode("utf-16")])
def test_a_document_type_is_refused_before_anything_in_it_is_acted_on(hostile):
    assert root_name(hostile) == ""
    with pytest.raises(UnsafeXml, match="document type"):
        next(events(hostile))


def test_an_undeclared_entity_is_refused():
    with pytest.raises(UnsafeXml, match="malformed"):
        list(events(b"<Message>&file;</Message>"))


def test_a_truncated_file_says_where_it_breaks_off():
    with pytest.raises(UnsafeXml, match="at line 3"):
        list(events(b"<Message>\n<Header/>\n<Children><Child>"))


def test_a_file_is_read_up_to_the_place_where_it_breaks_off():
    seen: list[str] = []

    def read() -> None:
        for event, element in events(b"<Message><Header/><Children>" + b"<Child/>" * 20_000):
            seen.append(f"{event} {element.tag}")

    with pytest.raises(UnsafeXml):
        read()
    assert seen.count("end Child") > 1_000


@pytest.mark.parametrize(
    ("data", "root"),
    [
        (b"<Message/>", "Message"),
        (b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?><!-- a note --><Message a='1'><b/></Message>", "Message"),
        (b"<c:Message xmlns:c='urn:census'/>", "Message"),
        ("<Message/>".encode("utf-16"), "Message"),
        (b'<?xml version="1.0" encoding="windows-1252"?><Message>\xe9</Message>', "Message"),
        (b'<?xml version="1.0" encoding="no-such-thing"?><Message/>', ""),
        (b"not XML", ""),
        (b"", ""),
    ],
)
def test_the_root_is_known_by_its_local_name(data, root):
    assert root_name(data) == root


def test_lines_stay_right_past_the_sixteen_bits_in_which_the_parser_keeps_them():
    child = b"<Child>\n  <Identifiers>\n    <Id>a</Id>\n  </Identifiers>\n</Child>\n"
    data = b"<Message>\n" + child * 20_000 + b"</Message>"
    text = data.split(b"\n")
    checked = 0
    for event, element in events(data):
        if event == "end" and local_name(element.tag) == "Child":
            if checked % 997 == 0 or checked > 19_990:
                assert text[line_of(element) - 1] == b"<Child>"
                assert text[line_of(element[0][0]) - 1] == b"    <Id>a</Id>"
            checked += 1
            element.clear()
    assert checked == 20_000
    assert len(text) > 2**16


def test_what_a_file_mentions_is_known_even_where_it_is_malformed():
    assert mentions(b"<Message><CINdetails>", "CINdetails")
    assert mentions(b"<Message><c:CINdetails a='1'", "Other", "CINdetails")
    assert mentions("<Message><CINdetails/>".encode("utf-16"), "CINdetails")
    assert not mentions(b"<Message><CINdetailsCollection>CINdetails </Message>", "CINdetails")


@given(
    st.binary(max_size=200) | st.text(alphabet="<>/&;!?ab \n[]-'\"=", max_size=80).map(lambda t: b"<a>" + t.encode())
)
def test_junk_raises_nothing_but_unsafe_xml(data):
    root_name(data)
    mentions(data, "a")
    with contextlib.suppress(UnsafeXml):
        for _, element in events(data):
            line_of(element)
