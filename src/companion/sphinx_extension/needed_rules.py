"""A style sheet cut down to the rules that some page of the book can need."""

import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

import tinycss2

_NAMES = re.compile(r'\s(?:class|id)="([^"]*)"')
_TAG = re.compile(r"<([a-z][a-z0-9-]*)")
_SCRIPT = re.compile(r"<script[^>]*>(.*?)</script>", re.DOTALL)
_WORD = re.compile(r"[\w-]+")
_OF_SCRIPTS = ("_static/*.js", "_static/scripts/*.js", "vendor/space.js")
_READ = re.compile(r"var\(\s*(--[\w-]+)")
_NESTED = {"media", "supports", "layer"}


def used_names(root: Path) -> set[str]:
    """The tags, classes and ids of all pages below ``root``, and every word of a script, which might set one."""
    names: set[str] = set()
    for page in root.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        names.update(_TAG.findall(text))
        for words in (*map(str.split, _NAMES.findall(text)), *map(_WORD.findall, _SCRIPT.findall(text))):
            names.update(words)
    for script in (path for pattern in _OF_SCRIPTS for path in root.glob(pattern)):
        names.update(_WORD.findall(script.read_text(encoding="utf-8")))
    return names


def needed_rules(sheet: str, names: set[str]) -> str:
    """``sheet`` without the selectors that ask for a tag, class or id which is not among ``names``.

    What stands in parentheses, as in ``:not(.a)``, or in brackets asks for nothing.
    """
    return _kept(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True), names)


def _kept(rules: Iterable[Any], names: set[str]) -> str:
    return "".join(_rule(rule, names) for rule in rules)


def _rule(rule: Any, names: set[str]) -> str:
    if rule.type == "qualified-rule":
        selectors = [tinycss2.serialize(each).strip() for each in _parts(rule.prelude, ",") if _applies(each, names)]
        return f"{','.join(selectors)}{{{tinycss2.serialize(rule.content)}}}" if selectors else ""
    if rule.type == "at-rule" and rule.lower_at_keyword in _NESTED and rule.content is not None:
        inner = _kept(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True), names)
        return f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}" if inner else ""
    return str(rule.serialize())


def _applies(selector: list[Any], names: set[str]) -> bool:
    """Whether every tag, class and id of a selector is used; the name of a pseudo-class follows a colon."""
    before = ("", *selector)
    return all(
        token.value in names
        for previous, token in zip(before, selector, strict=False)
        if token.type == "hash" or (token.type == "ident" and previous != ":")
    )


def without_idle_variables(sheet: str, names: set[str]) -> str:
    """``sheet`` without the custom properties that neither a rule of it nor a script reads."""
    while (lean := _with_variables(sheet, names | set(_READ.findall(sheet)))) != sheet:
        sheet = lean
    return sheet


def _with_variables(sheet: str, read: set[str]) -> str:
    return _text(tinycss2.parse_component_value_list(sheet), read)


def _text(tokens: Iterable[Any], read: set[str]) -> str:
    parts = (part for part in _parts(tokens, ";") if not _is_idle(part, read))
    return ";".join("".join(_token_text(token, read) for token in part) for part in parts)


def _token_text(token: Any, read: set[str]) -> str:
    return f"{{{_text(token.content, read)}}}" if token.type == "{} block" else str(token.serialize())


def _is_idle(part: list[Any], read: set[str]) -> bool:
    name = next((token for token in part if token.type != "whitespace"), None)
    return name is not None and name.type == "ident" and name.value.startswith("--") and name.value not in read


def _parts(tokens: Iterable[Any], mark: str) -> list[list[Any]]:
    """What stands between the marks."""
    groups = groupby(tokens, lambda token: bool(token == mark))
    return [list(part) for is_mark, part in groups if not is_mark]
