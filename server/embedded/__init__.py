"""The real parts that a development machine starts by itself: MongoDB, an S3 server, Valkey, the WeChat sandbox.

Nothing here is for production: every part listens on loopback only and MongoDB 6.0 is past its end of life.
"""
