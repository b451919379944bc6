"""Pages as pictures, which everybody in a hearing looks at (I6, F3)."""

import io

import pypdfium2
from PIL import Image

from ocr import PagePainter
from services.actors import Actor
from services.files.page_pictures import LONGEST, PagePictures
from tests.services import media_samples as samples
from tests.services.files.world import World, person, refusal


def pdf(*sizes: tuple[int, int]) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for width, height in sizes:
        document.new_page(width, height)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


async def test_a_page_of_a_pdf_is_drawn_for_members_and_ticket_holders(
    world: World, space: str, client: Actor, lawyer: Actor
) -> None:
    view = await world.put(client, space, pdf((200, 300), (400, 200)), "application/pdf")
    pictures = PagePictures(world.files, PagePainter())
    first = await pictures.look(view.id, 1, actor=lawyer, ticket=None)
    assert view.url is not None
    ticket = view.url.rpartition("ticket=")[2]
    second = await pictures.look(view.id, 2, actor=None, ticket=ticket)
    assert Image.open(io.BytesIO(first.jpeg)).size == (LONGEST * 2 // 3, LONGEST)
    assert Image.open(io.BytesIO(second.jpeg)).size == (LONGEST, LONGEST // 2)
    assert await pictures.look(view.id, 1, actor=client, ticket=None) is first, "drawn once for everybody"
    assert (await pictures.look(view.id, 2, actor=client, ticket=None)).pages == 2


async def test_a_photo_is_its_own_page_and_upright(world: World, space: str, client: Actor) -> None:
    view = await world.put(client, space, samples.picture("JPEG", (640, 400), orientation=6), "image/jpeg")
    drawn = await PagePictures(world.files, PagePainter()).look(view.id, 1, actor=client, ticket=None)
    assert (Image.open(io.BytesIO(drawn.jpeg)).size, drawn.pages) == ((400, 640), 1)


async def test_who_may_not_read_the_file_sees_no_page_of_it(world: World, space: str, client: Actor) -> None:
    view = await world.put(client, space, pdf((200, 300)), "application/pdf")
    pictures = PagePictures(world.files, PagePainter())
    await pictures.look(view.id, 1, actor=client, ticket=None)  # that it is kept changes nothing
    with refusal("file.not_found"):
        await pictures.look(view.id, 1, actor=person(), ticket=None)
    with refusal("auth.required"):
        await pictures.look(view.id, 1, actor=None, ticket=None)
    with refusal("auth.ticket_invalid"):
        await pictures.look(view.id, 1, actor=None, ticket="x")


async def test_there_is_no_page_beyond_the_last_nor_of_other_files(world: World, space: str, client: Actor) -> None:
    pictures = PagePictures(world.files, PagePainter())
    paper = await world.put(client, space, pdf((200, 300)), "application/pdf")
    with refusal("file.no_page"):
        await pictures.look(paper.id, 2, actor=client, ticket=None)
    photo = await world.put(client, space, samples.picture("PNG", (20, 20)), "image/png")
    with refusal("file.no_page"):
        await pictures.look(photo.id, 2, actor=client, ticket=None)
    text = await world.put(client, space, b"no pages here", "text/plain")
    with refusal("file.no_page"):
        await pictures.look(text.id, 1, actor=client, ticket=None)
