"""Starts and wires everything: settings, constructors, the Tornado application, the worker. No business rules."""
