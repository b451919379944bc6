"""What ``messages.py`` compares with: python-socketio on Tornado and uvloop as its documentation shows it.

``python _socket_stock.py PORT [MONGO_URI]``: broadcasts each message to its room and acknowledges it; with a
MongoDB address it first stores it with one ``insert_one`` (journaled, majority).
"""

import asyncio
import sys
from typing import Any

import socketio
import tornado.web
import uvloop
from pymongo import AsyncMongoClient
from pymongo.write_concern import WriteConcern


async def main() -> None:
    server = socketio.AsyncServer(async_mode="tornado", transports=["websocket"])
    store = None
    if len(sys.argv) > 2:
        database = AsyncMongoClient[dict[str, Any]](sys.argv[2]).get_database("bench_stock")
        store = database.get_collection("messages", write_concern=WriteConcern(w="majority", j=True))

    @server.event  # type: ignore[untyped-decorator]
    async def connect(sid: str, environ: dict[str, Any], auth: dict[str, str]) -> None:
        await server.enter_room(sid, auth["token"].partition(":")[0])

    @server.on("message:send")  # type: ignore[untyped-decorator]
    async def send(sid: str, message: dict[str, Any]) -> dict[str, Any]:
        if store is not None:
            await store.insert_one(dict(message))
        await server.emit("message:new", message, room=message["space_id"])
        return {"ok": True, "data": {"client_msg_id": message["client_msg_id"]}}

    application = tornado.web.Application([("/socket.io/", socketio.get_tornado_handler(server))])
    application.listen(int(sys.argv[1]), "127.0.0.1")
    print("READY", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
