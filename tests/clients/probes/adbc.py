"""ADBC, with the driver that DuckDB's Python package brings. What a probe does: tests/clients/client_programs.py."""

import json
import sys

import adbc_driver_duckdb
from adbc_driver_manager import dbapi

PLACE = {"path": sys.argv[1], "access_mode": "READ_ONLY"}
DRIVER = {"driver": adbc_driver_duckdb.driver_path(), "entrypoint": "duckdb_adbc_init"}

for query in sys.stdin:
    try:
        with dbapi.connect(**DRIVER, db_kwargs=PLACE, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            names = [column[0] for column in cursor.description]
            answer = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except Exception as error:
        answer = {"error": str(error)}
    print(json.dumps(answer, default=str), flush=True)
