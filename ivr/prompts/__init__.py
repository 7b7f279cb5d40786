"""What callers hear: the texts, a voice, and the files that Asterisk plays."""
