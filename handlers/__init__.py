"""The HTTP door: one RequestHandler for each resource. Parse, one service call, present."""
