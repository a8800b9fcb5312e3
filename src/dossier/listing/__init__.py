"""What every kind of thing that people look for gets by describing itself: conditions in SQL, pages, counts, search, views, files."""
