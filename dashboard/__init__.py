"""The page people look at. It reads the published file and nothing else: every module is queries on marts plus a way to
show them. A figure that needs a rule belongs in a mart."""
