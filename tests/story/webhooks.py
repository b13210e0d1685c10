"""DevRev's webhooks, as their target sees them: verified, told, signed, tried again."""

import sys

from client import Client
from receiver import Receiver, key_of, until

SECRET = "c2hvcC1iZWxscw=="
TYPES = ["work_created", "work_updated", "work_deleted", "link_created", "link_deleted", "part_created", "tag_created",
         "account_created", "rev_org_created", "group_member_added", "group_member_removed", "timeline_entry_updated"]


def issue(client, title):
    body = {"type": "issue", "title": title, "applies_to_part": "PROD-1", "owned_by": ["DEVU-1"]}
    return client.call("POST", "/works.create", body)["work"]


def status_of(client, hook):
    return client.call("GET", f"/webhooks.get?id={hook['id']}")["webhook"]["status"]


def outcomes(client, path):
    """What became of the callbacks of the newest call of that path."""
    entries = client.call("GET", "/__admin/requests")["requests"]
    return [entry for entry in entries if entry["path"] == path][-1].get("callbacks", [])


def subscribe(client, receiver, **more):
    body = {"url": receiver.url("/hook"), "event_types": TYPES, "secret": SECRET, **more}
    return client.call("POST", "/webhooks.create", body)["webhook"]


def a_target_is_asked_whether_it_wants_to_be_told(client, receiver):
    receiver.agrees = False
    hook = subscribe(client, receiver)
    assert hook["status"] == "unverified"
    asked = receiver.wait(1)[0]
    assert asked.body["webhook_id"] == hook["id"] and asked.body["id"].startswith(hook["id"] + ":event/")
    assert asked.fields["x-devrev-signature"] == asked.signature(key_of(SECRET)).hexdigest()
    until(lambda: outcomes(client, "/webhooks.create"))
    assert status_of(client, hook) == "unverified", "a target that says something else is not verified"
    issue(client, "Told to nobody")
    receiver.agrees = True
    receiver.forget()
    client.call("POST", "/webhooks.update", {"id": hook["id"], "url": receiver.url("/moved")})
    assert [message.path for message in receiver.wait(1)] == ["/moved"]
    until(lambda: status_of(client, hook) == "active")
    client.call("POST", "/webhooks.delete", {"id": hook["id"]})


def what_has_happened_is_told_and_signed(client, receiver):
    hook = subscribe(client, receiver, headers=[{"name": "X-Shop", "value": "bells"}])
    until(lambda: status_of(client, hook) == "active")
    receiver.forget()
    work = issue(client, "Bell is dumb")
    changed = client.call("POST", "/works.update", {"id": work["id"], "title": "Bell is quiet"})["work"]
    link = client.call("POST", "/links.create", {"source": "TKT-1", "target": work["id"], "link_type": "is_dependent_on"})["link"]
    client.call("POST", "/works.delete", {"id": work["id"]})
    client.call("POST", "/groups.members.add", {"group": "GROUP-1", "member": "DEVU-3"})
    client.call("POST", "/groups.members.remove", {"group": "GROUP-1", "member": "DEVU-3"})
    client.call("POST", "/accounts.create", {"display_name": "Bells and sons"})
    told = receiver.wait(10)
    assert [message.type for message in told] == [
        "work_created", "work_updated", "link_created", "work_deleted", "link_deleted",
        "timeline_entry_updated",  # which told of the link, and does no more
        "group_member_added", "group_member_removed", "account_created", "rev_org_created"], [message.type for message in told]
    for message in told:
        assert message.fields["x-devrev-signature"] == message.signature(key_of(SECRET)).hexdigest()
        assert message.fields["x-shop"] == "bells" and message.fields["content-type"] == "application/json"
        assert message.body["webhook_id"] == hook["id"]
    assert len({message.body["id"] for message in told}) == len(told), "each event has an id of its own"
    assert told[0].content() == {"work": work}
    assert told[1].content() == {"work": changed, "old_work": work}
    assert told[2].content() == {"link": link}
    assert told[3].content() == {"id": work["id"], "old_work": changed}
    old = told[4].content()["old_link"]
    assert told[4].content()["id"] == link["id"]
    assert old["target"]["title"] == "Bell is quiet", "the end that went with it is still summed up"
    assert told[6].content()["group"]["display_id"] == "GROUP-1"
    assert told[6].content()["member"]["display_id"] == "DEVU-3"
    receiver.forget()
    tester = "/__admin/state/devrev/works/ISS-1"
    client.call("PATCH", tester, {"title": "Changed by hand"})
    client.call("PATCH", tester + "?events=false", {"title": "Changed in silence"})
    client.call("POST", "/tags.create", {"name": "by hand"})
    assert receiver.types(2) == ["work_updated", "tag_created"]
    assert receiver.messages[0].content()["work"]["title"] == "Changed by hand"
    return hook


def what_is_refused_or_changes_nothing_is_not_told(client, receiver):
    receiver.forget()
    client.refused(400, "POST", "/works.create", {"type": "issue", "title": "Half an issue"})
    # Here the part is made before its link is refused: all of it is taken back.
    client.refused(400, "POST", "/parts.create", {
        "type": "product", "name": "Never made", "owned_by": ["DEVU-1"],
        "links": [{"link_type": "serves", "source": "FEAT-1", "target": "FEAT-1"}]})
    client.call("GET", "/works.list")
    client.call("POST", "/tags.create", {"name": "the next one"})
    told = receiver.wait(1)
    assert [message.type for message in told] == ["tag_created"], [message.type for message in told]


def what_happened_is_told_though_the_caller_never_knew(client, receiver):
    receiver.forget()
    client.call("POST", "/__admin/faults", {"on": "tags.create", "error": "service_unavailable", "times": 1, "commit": "yes"})
    client.refused(503, "POST", "/tags.create", {"name": "made all the same"})
    assert receiver.types(1) == ["tag_created"]


def a_target_that_fails_is_tried_again(client, receiver):
    receiver.forget()
    receiver.answers = [500]
    tag = client.call("POST", "/tags.create", {"name": "third time lucky"})["tag"]
    receiver.wait(1)
    until(lambda: len(outcomes(client, "/tags.create")) == 1)
    client.call("POST", "/__admin/clock", {"advance": "29s"})
    client.call("POST", "/tags.create", {"name": "in between"})
    assert receiver.types(2) == ["tag_created"] * 2, "29 s are too early for another try"
    assert receiver.messages[1].content()["tag"]["name"] == "in between"
    until(lambda: outcomes(client, "/tags.create"))
    receiver.answers = [503]
    client.call("POST", "/__admin/clock", {"advance": "1s"})
    until(lambda: len(receiver.wait(3)) == 3 and len(outcomes_of(client, tag)) == 2)
    client.call("POST", "/__admin/clock", {"advance": "3m"})
    tried = receiver.wait(4)
    assert tried[0].raw == tried[2].raw == tried[3].raw, "each try says the same"
    until(lambda: len(outcomes_of(client, tag)) == 3)
    assert [one.get("attempt", 1) for one in outcomes_of(client, tag)] == [1, 2, 3]
    assert [one["status"] for one in outcomes_of(client, tag)] == [500, 503, 200]


def outcomes_of(client, tag):
    entries = client.call("GET", "/__admin/requests")["requests"]
    return [entry for entry in entries if tag["id"] in (entry.get("answer") or "")][0].get("callbacks", [])


def three_tries_are_all(client, receiver):
    receiver.forget()
    receiver.answers = [500, 500, 500]
    client.call("POST", "/tags.create", {"name": "never told"})
    for wait in ("30s", "3m"):
        until(lambda: outcomes(client, "/tags.create"))
        tried = len(receiver.messages)
        until(lambda: len(outcomes(client, "/tags.create")) == tried)
        client.call("POST", "/__admin/clock", {"advance": wait})
        receiver.wait(tried + 1)
    until(lambda: len(outcomes(client, "/tags.create")) == 3)
    client.call("POST", "/__admin/clock", {"advance": "1h"})
    client.call("POST", "/tags.create", {"name": "the one after that"})
    assert receiver.types(4) == ["tag_created"] * 4 and receiver.messages[3].content()["tag"]["name"] == "the one after that"


def an_answer_later_than_three_seconds_is_none(client, receiver):
    receiver.forget()
    receiver.answers = ["silence"]
    client.call("POST", "/tags.create", {"name": "too late"})
    outcome = until(lambda: outcomes(client, "/tags.create"))[0]
    assert "timed out" in outcome["error"] and 2900 < outcome["duration_ms"] < 3900, outcome


def a_reset_takes_back_what_was_to_be_tried_again(client, receiver):
    client.call("POST", "/__admin/reset")
    hook = subscribe(client, receiver)
    until(lambda: status_of(client, hook) == "active")
    receiver.forget()
    client.call("POST", "/__admin/clock", {"advance": "1h"})
    client.call("POST", "/tags.create", {"name": "the first one after it"})
    assert receiver.types(1) == ["tag_created"]
    assert receiver.messages[0].content()["tag"]["name"] == "the first one after it"


def a_namespace_has_webhooks_of_its_own(client, receiver):
    receiver.forget()
    client.call("POST", "/~other/tags.create", {"name": "elsewhere"})
    client.call("POST", "/tags.create", {"name": "here"})
    assert [message.content()["tag"]["name"] for message in receiver.wait(1)] == ["here"]


def another_machine_is_not_told(client, receiver):
    client.call("POST", "/webhooks.create", {"url": "http://192.0.2.1/hook"})
    refused = until(lambda: [one["error"] for one in outcomes(client, "/webhooks.create") if "error" in one])
    assert refused[0].startswith("not fired: 192.0.2.1 is not this machine"), refused


def main(port):
    client, receiver = Client(port), Receiver()
    for scene in (a_target_is_asked_whether_it_wants_to_be_told, what_has_happened_is_told_and_signed,
                  what_is_refused_or_changes_nothing_is_not_told, what_happened_is_told_though_the_caller_never_knew,
                  a_target_that_fails_is_tried_again, three_tries_are_all, an_answer_later_than_three_seconds_is_none,
                  a_reset_takes_back_what_was_to_be_tried_again, a_namespace_has_webhooks_of_its_own,
                  another_machine_is_not_told):
        try:
            scene(client, receiver)
        except AssertionError as why:
            raise AssertionError(f"{scene.__name__}: {why}") from why
    receiver.close()
    print("the story of the webhooks ends well")


main(int(sys.argv[1]))
