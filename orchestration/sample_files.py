"""The made-up company's file formats: rows and tables written as real systems deliver them.

What belongs here: encodings, headers, compression; the same input gives the same bytes. Accounts: CP932 with Japanese
headers, as a CRM in Japan exports. Contracts: UTF-8 with BOM. Logins: gzipped CSV or Parquet. Surveys: JSON Lines. The
optional sources are written as tables, since there are many of their rows in a large sample.
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
TASK_HEADERS = {
    "account_id": "顧客ID",
    "product_id": "製品ID",
    "task_key": "タスクID",
    "planned_date": "予定日",
    "started_date": "着手日",
    "completed_date": "完了日",
    "is_mandatory": "必須",
    "done_by": "実施者",
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


def write_table(path: Path, table: pa.Table, encoding: str = "utf-8", headers: dict[str, str] | None = None) -> Path:
    """Parquet, JSON Lines or CSV, gzipped or not, by the suffix; `encoding` and `headers` are for CSV that is not."""
    if path.suffix == ".jsonl":
        return write_json_lines(path, json.loads(json.dumps(table.to_pylist(), default=str)))
    content = io.BytesIO()
    if path.suffix == ".parquet":
        pyarrow.parquet.write_table(table, content)
        return _write(path, content.getbuffer())
    decoded = [column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column for column in table.columns]
    names = [(headers or {}).get(name, name) for name in table.column_names]
    pyarrow.csv.write_csv(pa.table(decoded, names), content)
    if path.suffix == ".gz":
        return _write(path, gzip.compress(content.getvalue(), compresslevel=1, mtime=0))
    return _write(path, content.getvalue().decode().encode(encoding))


def _write(path: Path, content) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
