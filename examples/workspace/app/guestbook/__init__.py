"""A guest book: a page with entries, and a form to add one."""
