"""Text from outside shows as itself, whatever is in it."""

import html
import re
import subprocess

import pypandoc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.publishing.text import markdown, one_line

HOSTILE = [
    "<script>alert(1)</script>",
    "{{< include /etc/passwd >}}",
    "#set page(width: 1pt)",
    "$x^2$ and \\(y\\)",
    "a | b | c",
    "*bold* _it_ **b** ~~gone~~ `code` ^sup^ ~sub~",
    "back\\slash \\newline \\\\",
    "=cmd()",
    "@fig-front-door-x and [link](http://x) ![i](y)",
    '"quotes" and }{ {#id .class key="v"}',
    "1. list",
    "- list",
    "# heading",
    "::: {.callout-note}",
    "---",
    "...",
    "a -- b --- c",
    "^[note] [^1]",
    "&lt;b&gt; &amp; &#60;",
    "`<b>`{=html}",
    "(@) example",
    "https://example.org/ and <a@b.c>",
    "line\nbreak\r\n\ttab",
    "\u202egnirts\u202c",
]


def shown(texts: list[str], template: str) -> list[str]:
    """What Pandoc shows for each text, put through `markdown` and into `template`."""
    source = "\n\nxxSEPxx\n\n".join(template.format(markdown(text)) for text in texts)
    run = subprocess.run(
        [pypandoc.get_pandoc_path(), "--from=markdown", "--to=html", "--wrap=none"],
        input=source.encode(),
        capture_output=True,
        check=True,
    )
    parts = run.stdout.decode().split("<p>xxSEPxx</p>")
    # Smart apostrophes are the one thing that may differ.
    return [part.strip() for part in parts]


def plain(made: str) -> str:
    return html.unescape(re.sub(r"</?p>", "", made)).replace("’", "'").replace("‘", "'").strip()


def test_hostile_text_is_shown_as_it_is():
    made = shown(HOSTILE, "x {} x")
    assert [plain(one) for one in made] == [f"x {one_line(text)} x" for text in HOSTILE]
    assert not any(re.search(r"<(?!/?p>)", one) for one in made)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_shortcode_or_reference_survives(text):
    assert "{{<" not in markdown(text)
    assert not re.search(r"(?<!\\)@", markdown(text))


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co", "Zl", "Zp"]), min_size=1),
        min_size=8,
        max_size=20,
    )
)
def test_any_text_is_shown_as_it_is(texts):
    made = [plain(one) for one in shown(texts, "x {} x")]
    assert [" ".join(one.split()) for one in made] == [" ".join(f"x {one_line(text)} x".split()) for text in texts]


def test_numbers_stay_readable():
    assert markdown("616.2") == "616.2"
    assert markdown("3,584 (83%)") == r"3,584 \(83%\)"
