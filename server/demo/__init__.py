"""The demo office: data for trying the product out, never for production."""
