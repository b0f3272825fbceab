"""The SSDA903 return (children looked after), in CSV files, a workbook, or XML; one `Return` a collection year."""

from analysis.returns.ssda903.reader import READER

__all__ = ["READER"]
