"""What is done to kept things of any kind: history read and taken back, If-Match checked, many changed at once."""
