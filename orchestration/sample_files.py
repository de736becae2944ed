"""The made-up company's file formats: rows and tables written as real systems deliver them.

What belongs here: encodings, headers, compression; the same input gives the same bytes. Accounts: CP932 with Japanese
headers, as a CRM in Japan exports. Contracts: UTF-8 with BOM. Logins: gzipped CSV or Parquet. Surveys: JSON Lines.
"""

import csv
import gzip
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

ACCOUNT_HEADERS = {
    "account_id": "顧客ID",
    "account_name": "顧客名",
    "parent_account_id": "親顧客ID",
    "segment": "セグメント",
    "industry": "業種",
    "country": "国",
    "headcount": "従業員数",
    "owner_id": "担当者ID",
    "created_date": "登録日",
}


def write_csv(path: Path, rows: list[dict], encoding: str, headers: dict[str, str] | None = None) -> Path:
    """Rows under their own names, or under `headers`; line ends as spreadsheets write them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([(headers or {}).get(name, name) for name in rows[0]])
    writer.writerows(row.values() for row in rows)
    return _write(path, text.getvalue().encode(encoding))


def write_json_lines(path: Path, rows: list[dict]) -> Path:
    """One JSON object per row, in UTF-8."""
    return _write(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode())


def write_logins(path: Path, table: pa.Table) -> Path:
    """Parquet or gzipped CSV, by the suffix. Large samples get Parquet: as text they would cost minutes."""
    content = io.BytesIO()
    if path.suffix == ".parquet":
        pyarrow.parquet.write_table(table, content)
        return _write(path, content.getbuffer())
    decoded = [column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column for column in table.columns]
    pyarrow.csv.write_csv(pa.table(decoded, table.column_names), content)
    return _write(path, gzip.compress(content.getvalue(), compresslevel=1, mtime=0))


def _write(path: Path, content) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
