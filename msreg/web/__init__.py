"""Small pages for people without a terminal: they come by a personal link of a mail."""
