"""DuckDB's own driver for Python. What a probe does: tests/clients/client_programs.py."""

import json
import sys

import duckdb

for query in sys.stdin:
    try:
        with duckdb.connect(sys.argv[1], read_only=True) as connection:
            result = connection.execute(query)
            names = [column[0] for column in result.description]
            answer = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    except Exception as error:
        answer = {"error": str(error)}
    print(json.dumps(answer, default=str), flush=True)
