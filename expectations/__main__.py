"""`python -m expectations LAYER… --database FILE --as-of DATE [--docs DIR]`: one JSON document on stdout.

Exit code 0: no blocking rule failed or broke; 1: at least one did; 2: could not run as asked.
"""

import argparse
import contextlib
import io
import json
import logging
import os
import sys
import traceback
import warnings
from datetime import date
from pathlib import Path

from expectations.names import LAYERS


def main() -> int:
    arguments = parse()
    if not arguments.database.is_file():
        print(f"expectations: there is no database file {arguments.database}", file=sys.stderr)
        return 2
    # Great Expectations prints as it goes; stdout is for the results only.
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            results = run_quietly(arguments)
    except Exception as error:
        # Exit code 1 is kept for data: a locked file or a fault of ours must not look like a failed check.
        traceback.print_exc()
        print(f"expectations: could not run: {error}", file=sys.stderr)
        return 2
    print(json.dumps({"results": results}, ensure_ascii=False, default=str))
    stops = any(row["severity"] == "blocking" and row["status"] in ("failed", "broken") for row in results)
    return 1 if stops else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m expectations", description=__doc__.splitlines()[0])
    parser.add_argument("layers", nargs="+", choices=LAYERS, metavar="LAYER", help=" | ".join(LAYERS))
    parser.add_argument("--database", required=True, type=Path, help="the warehouse file; opened read-only")
    parser.add_argument("--as-of", required=True, type=date.fromisoformat, help="last day covered, YYYY-MM-DD")
    parser.add_argument("--docs", type=Path, help="write Data Docs (HTML) to DIR/checks-LAYERS/")
    return parser.parse_args()


def run_quietly(arguments: argparse.Namespace) -> list[dict]:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    # Imported here: the switches above must be set first, and `--help` should not wait for it.
    from expectations.runner import check

    docs = arguments.docs.resolve() if arguments.docs else None
    return check(arguments.layers, arguments.database.resolve(), arguments.as_of, docs)


if __name__ == "__main__":
    sys.exit(main())
