"""How every page of the portal looks: layout, parts, styles, texts in two languages, charts made on the server."""
