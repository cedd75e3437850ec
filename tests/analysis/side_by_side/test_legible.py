"""Two answers as lines, with the lines that differ marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.analysis.side_by_side import Answer, Ignored, answer_of, marked_lines
from cartfuzz.wire import Response


def answer(text: str) -> Answer:
    body = text.encode("utf-8", "surrogatepass")
    return answer_of(Response(status=200, body=body, content_type="application/json"))


def lines(old: str, new: str, *ignored: str) -> list[str]:
    return list(marked_lines(answer(old), answer(new), Ignored(ignored)))


def test_only_what_differs_is_marked() -> None:
    """Own values are named; what is equal and far away is left out."""
    old = '{"id":1,"created":"2026-01-01T00:00:00Z","total":1,"a":1,"b":1,"c":1,"d":1,"z":1}'
    new = '{"id":9,"created":"2027-01-01T00:00:00Z","total":2,"a":1,"b":1,"c":1,"d":1,"z":2}'
    assert lines(old, new) == [
        '    "d": 1,',
        '    "id": "<id>",',
        '-   "total": 1,',
        '-   "z": 1',
        '+   "total": 2,',
        '+   "z": 2',
        "  }",
    ]


def test_texts_are_compared_by_line() -> None:
    """What is no JSON has lines of its own, even such as look like marks."""
    assert lines("--- a\nsame", "+++ b\nsame") == ["- --- a", "+ +++ b", "  same"]


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_can_be_shown(old: str, new: str) -> None:
    """Nothing raises, and equal texts have no lines."""
    lines(old, new)
    assert lines(old, old) == []


def test_what_is_compared_as_equal_is_not_marked() -> None:
    """Spellings of a number, and what the user left out."""
    assert lines('{"a":0,"b":1}', '{"a":0.0,"b":1}') == []
    assert lines('{"a":0,"b":1}', '{"a":0,"b":2}', "$.b") == []


def test_attributes_are_the_clients_own() -> None:
    """A number in them is a value, whatever its name; so is a time."""
    assert lines('{"attributes":{"storeId":5}}', '{"attributes":{"storeId":6}}') == [
        "  {",
        '    "attributes": {',
        '-     "storeId": 5',
        '+     "storeId": 6',
        "    }",
        "  }",
    ]
    old, new = (f'{{"attributes":{{"at":"202{year}-01-01T00:00:00Z"}}}}' for year in (5, 6))
    assert any("2026" in line for line in lines(old, new))


def test_a_difference_far_behind_is_marked() -> None:
    """Neither the length of an answer nor the number of lines before it hides it."""
    items = ",".join(f'"m{number:05}":{{"name":"abc"}}' for number in range(9_000))
    marked = lines(f'{{{items},"z":1}}', f'{{{items},"z":2}}')
    assert '-   "z": 1' in marked
    assert '+   "z": 2' in marked


def test_marked_lines_are_bounded() -> None:
    """An answer in which everything differs has 41 lines, none without end."""
    old, new = ("\n".join(f"{name}{number}" + name * 400 for number in range(100)) for name in "ab")
    marked = lines(old, new)
    assert len(marked) == 41
    assert max(map(len, marked)) <= 202
