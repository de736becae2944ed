"""`python -m dashboard`, which is `make dashboard`: as `streamlit run dashboard/app.py`, but what the page needs is
loaded before the server answers; the first reader would wait for it otherwise."""

import sys

from streamlit.web import cli

from dashboard import app

if __name__ == "__main__":
    cli.main(["run", app.__file__, *sys.argv[1:]])
