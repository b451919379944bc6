"""The HTTP door: one RequestHandler for each resource. Parse, one service call, present."""

# The modules whose ROUTES make up the API, in the order in which they are described.
RESOURCES = (
    "auth",
    "me",
    "products",
    "orders",
    "payments",
    "pricing",
    "companies",
    "quotes",
    "receipts",
    "firms",
    "settlements",
    "spaces",
    "search",
    "notes",
    "members",
    "desk",
    "exports",
    "hearings",
    "files",
    "uploads",
    "notices",
    "wechat",
    "health",
)
