"""Made-up papers as lines of text with places: no picture and no engine, so that thousands are taken apart in a minute.

Every layout, wording and order is drawn by lot, so that what extraction understands is measured apart from what a
reader sees.
"""
