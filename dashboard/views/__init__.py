"""One module per page; the folder is not called pages, as Streamlit would take that for its own. `show(today)` draws a
page; what it shows comes from functions without Streamlit, so that the report and the tests can have the same."""
