"""One module per page. `show(today)` draws it; what it shows comes from functions without Streamlit, so that the report
and the tests can have the same."""
