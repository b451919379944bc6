"""GET /products: the catalogue, open to everybody."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from schemas.api.products import ProductListView, ProductView
from schemas.api.suggestions import SuggestionListView
from schemas.enums import Role
from services.permissions import PUBLIC, only


class ProductsHandler(ApiHandler):
    @door("List the services on offer", allow=PUBLIC, answer=ProductListView)
    async def get(self, call: Call[NoBody]) -> ProductListView:
        return await self.services.products.list()


class ProductHandler(ApiHandler):
    @door("Show a service on offer", allow=PUBLIC, answer=ProductView, problems=("product.not_found",))
    async def get(self, call: Call[NoBody], product_id: str) -> ProductView:
        return await self.services.products.get(product_id)


class ProductSuggestionsHandler(ApiHandler):
    @door(
        "What the caller's own papers suggest for the form of a service",
        allow=only(Role.CLIENT),
        answer=SuggestionListView,
        problems=("product.not_found",),
        description="From papers that were read and confirmed in the caller's cases. Nothing is filled in by itself.",
    )
    async def get(self, call: Call[NoBody], product_id: str) -> SuggestionListView:
        return await self.services.form_suggestions.of_product(call.actor, product_id)


ROUTES = [
    ("/api/v1/products", ProductsHandler),
    ("/api/v1/products/([0-9a-f]{24})", ProductHandler),
    ("/api/v1/products/([0-9a-f]{24})/suggestions", ProductSuggestionsHandler),
]
