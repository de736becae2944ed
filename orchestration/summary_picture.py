"""`python -m orchestration.summary_picture`: writes docs/summary.svg, what `make run` shows at its end, from the day
that is published in data/ (another one: CSW_DATA_DIR). The README shows it."""

import io
import re
import sys

from rich.console import Console

from orchestration.settings import ROOT, DataDir, Refused, default_data_dir
from orchestration.summary import show_figures, show_way_in

PICTURE = ROOT / "docs" / "summary.svg"


def picture(data_dir: DataDir) -> str:
    """The summary as SVG. It names the file where it is in the project, wherever this one is."""
    if not data_dir.published.exists():
        raise Refused(f"Nothing is published in {data_dir.root} yet. `csw run` builds the first day.")
    console = Console(file=io.StringIO(), record=True, highlight=False, soft_wrap=True, width=120)
    show_figures(data_dir, console)
    show_way_in("data/cs_warehouse.duckdb", console)
    console.print()  # rich cuts the feet off the last line
    # A fixed id: the same day is the same picture. A font of the reader's own: nothing is loaded from elsewhere.
    svg = console.export_svg(title="make run", unique_id="summary")
    svg = re.sub(r" *(@font-face \{.*?\}|<!--.*?-->)\n", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code, monospace", "Menlo, Consolas, monospace")


if __name__ == "__main__":
    try:
        PICTURE.write_text(picture(default_data_dir()), encoding="utf-8")
    except Refused as refusal:
        sys.exit(str(refusal))
