"""One batch into core: staging, rules across records, merge, snapshot deletes, renumbering, books. One transaction."""
