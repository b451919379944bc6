"""``python -m services.papers.press``: HTML on standard input becomes PDF on standard output."""

import sys

import weasyprint

# Nothing is fetched: a template that names another address shows nothing there.
_FETCHER = weasyprint.URLFetcher(allowed_protocols={"data"})


def main() -> int:
    html = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(weasyprint.HTML(string=html, url_fetcher=_FETCHER).write_pdf())
    return 0


if __name__ == "__main__":
    sys.exit(main())
