from tests.services.files.test_files import *
async def test_x(world, space, client):
    size=60*MEGABYTE
    film = samples.film() + size.to_bytes(4) + b"free" + bytes(size - 8)
    b=await world.begin(client,space,film,"video/mp4"); await world.send(b,film); del film
    with Memory() as m: x=await asyncio.to_thread(os.urandom,60<<20)
    print("\ncontrol", m.peak>>20); del x
    with Memory() as m: v=await world.files.complete(client,b.file_id)
    print("complete", m.peak/2**20)
    with Memory() as m:
        o=await world.files.content(v.id, FileVariant.ORIGINAL, actor=client)
        async for x in o.read(0,o.size): pass
    print("read", m.peak/2**20)
