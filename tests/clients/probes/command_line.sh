#!/bin/sh
# The duckdb command line. What a probe does: tests/clients/client_programs.py.
while IFS= read -r query; do
    if answer=$(duckdb -readonly -json "$1" -c "$query" 2>&1 < /dev/null); then
        printf '%s' "$answer" | tr -d '\n'
    else
        printf '{"error": "%s"}' "$(printf '%s' "$answer" | tr '"\\\t\n' '    ')"
    fi
    echo
done
