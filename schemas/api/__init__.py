"""What crosses the HTTP edge. A Body is what a client sends, a View is what it is shown."""
