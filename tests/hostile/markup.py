"""Modes whose texts are markup for browsers, Markdown, XML, CI systems and shells."""

from __future__ import annotations

import json
from functools import partial

from tests.hostile.exchange import Exchange, Moves, body_replaced, planted, refusal, texts_changed
from tests.hostile.mode import Area, Mode

TEXTS: tuple[tuple[str, str, str], ...] = (
    ("script", "a script", "<script>fetch('http://127.0.0.1:9/')</script>"),
    ("closing-tags", "closing tags", "</pre></details></script></style></table>-->"),
    ("image", "an image with a handler", '<img src=x onerror="alert(1)">'),
    ("page", "a page of 6 kB", "<html><body>" + "<p>It is down</p>" * 350 + "</body></html>"),
    ("markdown", "Markdown", "](http://example.com) **bold** `code` ```\n# title\n| a | b |\n"),
    ("mentions", "a mention and a reference", "@everyone #1 owner/repo#2 GH-3"),
    ("cdata", "the end of CDATA", "]]><failure/><![CDATA["),
    ("entities", "an entity declaration", '<!DOCTYPE x [<!ENTITY a "b">]>&a;&amp;'),
    (
        "github-commands",
        "commands of GitHub Actions",
        "\n::error::owned\n::set-output name=x::y\n::stop-commands::z\n",
    ),
    (
        "azure-commands",
        "commands of Azure Pipelines",
        "\n##vso[task.setvariable variable=x]y\n##[error]owned\n",
    ),
    ("teamcity-commands", "commands of TeamCity", "\n##teamcity[buildStop comment='x']\n"),
    ("gitlab-sections", "sections of GitLab", "\nsection_start:1:x\r\x1b[0Kowned\n"),
    ("template", "a template", "{{ 7*7 }}${7*7}<%= 7 %>#{7}{% raw %}"),
    ("rich", "markup of Rich", "[bold red]owned[/] [link=http://example.com]x[/link] [/nothing]"),
    ("shell", "shell syntax", "'; touch /tmp/owned; echo '$(touch /tmp/owned)`touch /tmp/owned`"),
    ("python", "Python syntax", '"""\nimport os\n"""\\\' {0} {x!r} %s %(x)d'),
    ("formula", "a formula of a spreadsheet", "=cmd|' /C calc'!A0"),
)


def _everywhere(text: str, exchange: Exchange) -> Moves:
    changed = texts_changed(exchange.json(), lambda _: text)
    return [body_replaced(exchange, json.dumps(changed).encode())]


def _refused(text: str, _: Exchange) -> Moves:
    return [refusal(text)]


def _failed(text: str, _: Exchange) -> Moves:
    return [refusal(text, status=500, reason=b"Error")]


def _named(exchange: Exchange) -> Moves:
    return [planted(exchange, json.dumps({text: text for _, _, text in TEXTS}).encode())]


MODES = (
    *(
        Mode(f"markup-{name}", Area.MARKUP, f"each text is {what}", partial(_everywhere, text))
        for name, what, text in TEXTS
    ),
    *(
        Mode(f"markup-error-{name}", Area.MARKUP, f"a 500 with {what}", partial(_failed, text))
        for name, what, text in TEXTS[:1] + TEXTS[4:5] + TEXTS[8:12] + TEXTS[13:16]
    ),
    *(
        Mode(
            f"markup-refusal-{name}", Area.MARKUP, f"a refusal with {what}", partial(_refused, text)
        )
        for name, what, text in TEXTS[3:4] + TEXTS[8:9]
    ),
    Mode("markup-names", Area.MARKUP, "markup as names of members", _named),
)
