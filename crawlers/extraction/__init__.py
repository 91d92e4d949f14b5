"""A news page to its article: title, time, author, text. Pure: no page is fetched here."""
