"""dbt with Spark in ANSI mode, Spark's own default and a cluster's: a bad cast or a division by zero is an error.

dbt-spark switches the mode off for its own sessions before every statement; this switches it on again.
"""

from dbt.adapters.spark.connections import SparkCredentials
from dbt.cli.main import cli

prepare_without_ansi = SparkCredentials.__post_init__


def prepare(self: SparkCredentials) -> None:
    prepare_without_ansi(self)
    self.server_side_parameters["spark.sql.ansi.enabled"] = "true"


SparkCredentials.__post_init__ = prepare

if __name__ == "__main__":
    cli()
