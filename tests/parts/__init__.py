"""The tests' real parts: a mongod, an S3 server, a Valkey and the sandbox, started once for a whole run."""
