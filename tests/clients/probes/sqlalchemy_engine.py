"""SQLAlchemy with duckdb-engine. What a probe does: tests/clients/client_programs.py."""

import json
import sys

from sqlalchemy import NullPool, create_engine

engine = create_engine(f"duckdb:///{sys.argv[1]}", connect_args={"read_only": True}, poolclass=NullPool)

for query in sys.stdin:
    try:
        with engine.connect() as connection:
            answer = [dict(row) for row in connection.exec_driver_sql(query).mappings()]
    except Exception as error:
        answer = {"error": str(error)}
    print(json.dumps(answer, default=str), flush=True)
