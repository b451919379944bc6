"""All themes of a process, built in the order in which they need one another."""

from dataclasses import dataclass

from server.process_names import is_dead
from server.wiring.books import Books, build_books
from server.wiring.content import Content, build_content
from server.wiring.core import Core
from server.wiring.disputes import Quarrels, build_disputes
from server.wiring.evidence import Catalogue, build_catalogue
from server.wiring.files import FileRooms, build_files
from server.wiring.hearings import Courts, build_hearings
from server.wiring.invoicing import Invoicing, build_invoicing
from server.wiring.money import Money, build_money
from server.wiring.notices import Telling, build_telling
from server.wiring.people import Identity, build_identity
from server.wiring.personnel import Personnel, build_personnel
from server.wiring.persons import Persons, build_persons
from server.wiring.pricing import Prices, Sales, build_prices, build_sales
from server.wiring.readings import Reading, build_reading
from server.wiring.receipts import build_seal
from server.wiring.record import Record, build_record
from server.wiring.settlement import Settling, build_settling
from server.wiring.shipping import build_shipping
from server.wiring.talk import Talk, build_talk
from server.wiring.verification import Verifying, build_verification
from services.papers.seals import PaperSeal
from services.payments.shipping_reports import ShippingReports
from services.record import HeadSigner
from services.storage.leases import Leases


@dataclass(frozen=True, slots=True)
class Themes:
    books: Books
    catalogue: Catalogue
    content: Content
    courts: Courts
    identity: Identity
    invoicing: Invoicing
    leases: Leases
    money: Money
    personnel: Personnel
    persons: Persons
    prices: Prices
    quarrels: Quarrels
    reading: Reading
    record: Record
    rooms: FileRooms
    sales: Sales
    seal: PaperSeal
    settling: Settling
    shipping: ShippingReports
    signer: HeadSigner
    talk: Talk
    telling: Telling
    verifying: Verifying


def build_themes(core: Core) -> Themes:
    identity = build_identity(core)
    telling = build_telling(core, identity.accounts)
    rooms = build_files(core)
    prices = build_prices(core)
    money = build_money(core, prices, identity.accounts, rooms.files, telling.notices)
    settling = build_settling(core, money.pay, telling.notices)
    talk = build_talk(core, identity.accounts, telling.notices)
    reading = build_reading(core, rooms.files, talk.index)
    verifying = build_verification(core, rooms, reading.reader, telling.notices)
    leases = Leases(core.database, core.process, core.clock, is_dead)
    signer = HeadSigner(core.settings.record_key_file.read_bytes())
    seal = build_seal(core)
    return Themes(
        books=build_books(core, money, leases),
        catalogue=build_catalogue(core, rooms, reading.reader, prices.products, verifying.gate),
        content=build_content(core, identity.accounts, telling.notices),
        courts=build_hearings(core, rooms.files, reading.pages, telling.notices, leases, seal, verifying.gate),
        identity=identity,
        invoicing=build_invoicing(core, money, telling.notices),
        leases=leases,
        money=money,
        personnel=build_personnel(core, identity.staff, talk.memberships, verifying.standing),
        persons=build_persons(core, identity, verifying.consents, money.orders),
        prices=prices,
        quarrels=build_disputes(core, money, settling.penalties, rooms.files, telling.notices),
        reading=reading,
        record=build_record(core, signer),
        rooms=rooms,
        sales=build_sales(core, prices, money.book, money.payments, money.watch, telling.notices),
        seal=seal,
        settling=settling,
        shipping=build_shipping(core, identity.accounts),
        signer=signer,
        talk=talk,
        telling=telling,
        verifying=verifying,
    )
