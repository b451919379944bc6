"""From the need to the rating: products, orders, their steps and deadlines, who serves them, what follows."""
