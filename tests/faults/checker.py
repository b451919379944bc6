"""What must be true after a fault, whatever it was. Every function gives the violations that it found."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.documents.spaces import EntryDocument
from schemas.enums import MessageType
from server.wiring import House
from services.record.chain import GENESIS, canonical_body, commitment, entry_hash
from tests.faults.hurts import Outage
from tests.faults.phones import Phone, Told

Entries = dict[str, list[EntryDocument]]  # space → its record
SHOWN = 20  # violations; more would only repeat


@dataclass(frozen=True, slots=True)
class Away:
    """A member who never connects, so that what is written must be told to them, once."""

    user_id: str
    space_id: str


async def load(house: House, space_ids: Iterable[str]) -> Entries:
    """The records as they are stored."""
    entries: Entries = {}
    for space_id in space_ids:
        where: dict[str, Any] = {
            "_id": {"$gt": {"space": space_id, "seq": 0}, "$lt": {"space": space_id, "seq": 2**53}}
        }
        entries[space_id] = await house.database.entries.find(where).sort("_id", 1).to_list()
    return entries


def records(entries: Entries) -> list[str]:
    """Dense seq, no id twice, an unbroken chain."""
    found = []
    for space_id, record in entries.items():
        if [entry["_id"]["seq"] for entry in record] != list(range(1, len(record) + 1)):
            found.append(f"{space_id}: the seq is not dense")
        ids = Counter((entry["sender"], entry["cid"]) for entry in record)
        found += [f"{space_id}: {cid} is stored {times} times" for (_, cid), times in ids.items() if times > 1]
        before = GENESIS
        for entry in record:
            if entry["prev"] != before or entry_hash(entry) != entry["hash"]:
                found.append(f"{space_id}: the chain is broken at {entry['_id']['seq']}")
                break
            before = entry["hash"]
    return found


async def bodies(house: House, entries: Entries) -> list[str]:
    """Every body is the one that its entry commits to."""
    found = []
    for record in entries.values():
        for entry in record:
            body, salt = await house.core.recorder.open(entry)
            if commitment(salt, canonical_body(MessageType(entry["type"]), body)) != entry["commit"]:
                found.append(f"{entry['_id']}: the body is another one")
    return found


def phone(entries: Entries, device: Phone) -> list[str]:
    """Acked ⊆ stored, delivered ⊆ stored, read in the order of the record, written in the order of the outbox."""
    found = list(device.notes.faults)
    for what, told in [
        *(("acknowledged", told) for told in device.notes.acked.values()),
        *(("delivered", told) for told in device.notes.live),
    ]:
        if not _is_stored(entries, told):
            found.append(f"{what} but not stored so: {told.client_msg_id} as {told.seq} of {told.space_id}")
    for space_id in device.spaces:
        read = [(told.seq, told.hash) for told in device.notes.timeline[space_id]]
        stored = [(entry["_id"]["seq"], entry["hash"].hex()) for entry in entries[space_id]]
        if read != stored:
            found.append(f"a reader saw {len(read)} entries of {space_id}, {len(stored)} are stored, or in other order")
        found += _in_order(entries[space_id], device, space_id)
    if set(device.notes.acked) != {client_msg_id for _, client_msg_id in device.notes.sent}:
        found.append("a message was never acknowledged")
    repeated = [name for name, times in Counter(device.notes.notices).items() if times > 1]
    return found + [f"the notice {name} was shown twice" for name in repeated]


def _is_stored(entries: Entries, told: Told) -> bool:
    record = entries.get(told.space_id, [])
    if not 1 <= told.seq <= len(record):
        return False
    entry = record[told.seq - 1]
    return (entry["cid"], entry["hash"].hex()) == (told.client_msg_id, told.hash)


def _in_order(record: Sequence[EntryDocument], device: Phone, space_id: str) -> list[str]:
    if device.window != 1:
        return []
    stored = [entry["cid"] for entry in record if entry["sender"] == device.user_id]
    written = [client_msg_id for space, client_msg_id in device.notes.sent if space == space_id]
    return [] if stored == written else [f"somebody's messages in {space_id} are stored in another order"]


def outages(devices: Sequence[Phone], times: Sequence[Outage]) -> list[str]:
    """With the database down nothing is acknowledged and nothing is delivered."""
    found = []
    for begin, end in times:
        for device in devices:
            told = [*device.notes.acked.values(), *device.notes.live]
            found += [
                f"{one.client_msg_id} was acknowledged or delivered {one.at - begin:.1f} s into the outage"
                for one in told
                if begin < one.at < end
            ]
    return found


async def notices(house: House, people: Sequence[Away]) -> list[str]:
    """Each unread stretch is told once to who is away."""
    found = []
    for person in people:
        fact = f"unread:{person.space_id}:{person.user_id}:0"
        told = await house.database.notices.count_documents({"user_id": person.user_id, "fact": fact})
        others = await house.database.notices.count_documents({"user_id": person.user_id, "fact": {"$ne": fact}})
        if (told, others) != (1, 0):
            found.append(f"who was away was told {told} times, and {others} other things")
    return found


async def cards(house: House, order_ids: Sequence[str]) -> list[str]:
    """A paid order has one space with one card of each kind, in order, and an intact record."""
    found = []
    for order_id in order_ids:
        order = await house.database.orders.find_one({"_id": order_id})
        spaces = await house.database.spaces.find({"order_id": order_id}).to_list()
        if order is None or order["status"] != "assigned" or len(spaces) != 1:
            found.append(f"order {order_id} is {order and order['status']} with {len(spaces)} spaces")
            continue
        entries = await load(house, [spaces[0]["_id"]])
        shown = [entry for entry in entries[spaces[0]["_id"]] if entry["type"] == MessageType.CARD]
        kinds = [(await house.core.recorder.open(entry))[0]["kind"] for entry in shown]
        if kinds != ["payment", "assignment"]:
            found.append(f"order {order_id} shows the cards {kinds}")
        found += records(entries)
    return found
