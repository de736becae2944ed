"""stub"""
from dashboard import context


def show(today: context.Today) -> None:
    context.head(today, "simulator")
