"""Papers (文书): what people download, print and file, made from HTML templates as PDF."""
