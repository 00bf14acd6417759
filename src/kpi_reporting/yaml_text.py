"""YAML that the product writes itself, in the look the linter asks of what is written by hand."""

from __future__ import annotations

import yaml


def yaml_text(document: object, width: int) -> str:
    """The document as YAML: keys in their order, lists indented, lines broken at the first blank after ``width``."""
    text: str = yaml.dump(document, Dumper=_Indented, allow_unicode=True, sort_keys=False, width=width)
    return text


class _Indented(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)
