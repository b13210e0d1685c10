"""What webhooks of a behaviour may say: fields, signatures, conditions, and what is an event at all."""

import base64
import sys

from client import Client
from receiver import Receiver, until


def main(port):
    client, receiver = Client(port), Receiver()

    def add(title, **more):
        return client.call("POST", "/books", {"title": title, **more})

    def told(*types):
        """The messages since the last question are of these types. A last one shows that no more were sent before it."""
        add("and no more")
        messages = receiver.wait(len(types) + 1)
        found = [message.type for message in messages]
        assert found == [*types, "added"], f"wanted {types}, found {found}"
        receiver.forget()
        return messages

    def newest(path="/books"):
        entries = client.call("GET", "/__admin/requests")["requests"]
        return [entry for entry in entries if entry["path"] == path][-1].get("callbacks", [])

    one = client.call("POST", "/subscriptions", {
        "url": receiver.url("/hook"), "secret": "a secret as it is", "events": ["added", "lent", "overdue", "removed"],
        "fields": {"X-Tenant": "seven", "Content-Length": "3", "no token": "x", "X-Split": "a\r\nX-Other: b"}})

    book = add("Emma")
    message = told("added")[0]
    assert message.path == "/hook?event=added" and message.body["book"] == book
    signature = base64.b64encode(message.signature(b"a secret as it is").digest()).decode()
    assert message.fields["x-signature"] == signature
    assert message.fields["x-from"] == "lending s-1" and message.fields["x-tenant"] == "seven"
    assert "x-other" not in message.fields and message.fields["x-split"] == "a  X-Other: b"

    # Only what has happened: no dry run, nothing that came and went, nothing that nobody can see.
    client.call("POST", "/books?try=true", {"title": "Only tried"})
    client.call("POST", "/books", {"title": "Came and went", "shelf": "nowhere"})
    client.call("PATCH", f"/books/{book['id']}", {"title": "Emma"})
    client.refused(404, "PATCH", "/books/none", {"title": "None"})
    told()

    # One event for two updates of one call, in the words of its condition.
    client.call("PATCH", f"/books/{book['id']}", {"lent_to": "Ada"})
    client.call("PATCH", f"/books/{book['id']}", {"lent_to": "Bob"})
    assert told("lent")[0].body["book"]["lent_to"] == "Ada"

    # What time does by itself is told by the call that finds it.
    client.call("POST", "/__admin/clock", {"advance": "1h"})
    assert told("overdue")[0].body["book"]["overdue"] is True

    # The event's body lies over the webhook's.
    client.call("DELETE", f"/books/{book['id']}")
    assert told("gone")[0].body["was"]["id"] == book["id"]

    # What is changed by hand is told, too, and stands in the journal; and so is what is found to have become due.
    by_hand = "/__admin/state/lending/books/b-77"
    client.call("PUT", by_hand, {"title": "Put"})
    client.call("PATCH", by_hand, {"lent_to": "Eve"})
    client.call("POST", "/__admin/clock", {"advance": "1h"})
    client.call("GET", by_hand)
    client.call("DELETE", by_hand)
    messages = told("added", "lent", "overdue", "gone")
    assert [message.body.get("book", message.body.get("was"))["title"] for message in messages[:4]] == ["Put"] * 4
    assert until(lambda: newest(by_hand))[0]["status"] == 200
    assert [entry["voice"] for entry in client.call("GET", "/__admin/requests")["requests"] if entry["path"] == by_hand] == ["admin"] * 4
    client.call("PUT", by_hand + "?events=false", {"title": "Put in silence"})
    client.call("PATCH", by_hand + "?events=false", {"lent_to": "Eve"})
    client.call("DELETE", by_hand + "?events=false")
    told()

    # A message that breaks its schema is not sent.
    add("A title that is longer than any message may have it")
    outcome = until(newest)[0]
    assert outcome["error"].startswith("not fired: it breaks its schema: /book/title: expected"), outcome
    told()

    # Each that wants to know is told, and what it says may be kept.
    assert client.call("GET", f"/subscriptions/{one['id']}").get("greeting") is None
    receiver.bodies = {"added": {"greeting": "hello to you"}}
    client.call("POST", "/subscriptions", {"url": receiver.url("/second"), "events": ["added"]})
    add("Told twice")
    both = receiver.wait(2)
    assert sorted(message.path for message in both) == ["/hook?event=added", "/second?event=added"]
    kept = until(lambda: client.call("GET", f"/subscriptions/{one['id']}").get("greeting"))
    assert kept == "hello to you" and client.call("GET", "/subscriptions/s-1")["heard"] == 2

    # Many who are told a lot: what is too much is told in the journal, and the call is answered as ever.
    for _ in range(40):
        client.call("POST", "/~crowd/subscriptions", {"url": receiver.url("/crowd"), "events": ["removed"]})
    large = client.call("POST", "/~crowd/books", {"title": "x", "shelf": "x" * 400_000})
    receiver.forget()
    client.call("DELETE", f"/~crowd/books/{large['id']}")

    def crowd():
        entries = client.call("GET", "/~crowd/__admin/requests?limit=1")["requests"]
        return entries[0].get("callbacks", []) if len(entries[0].get("callbacks", [])) == 40 else None

    found = until(crowd)
    left_out = [one for one in found if one.get("error") == "not fired: the call has told too much already"]
    assert len(left_out) == 40 - 21 and len(receiver.messages) == 21, (len(left_out), len(receiver.messages))

    receiver.close()
    print("the story of the lending ends well")


main(int(sys.argv[1]))
