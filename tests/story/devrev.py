"""A ticket is triaged into issues, linked, merged with another one, worked on, closed, counted and exported.

devrev.py PORT talks to a server with the bundled fixtures and ends with 0 when all went as it should."""

import sys
import threading
import urllib.parse

from client import Client, same

PORT = int(sys.argv[1])
api = Client(PORT)


def get(path, **query):
    """A GET as DevRev's SDK sends it: lists with commas, each value in double quotes."""
    words = []
    for name, value in query.items():
        if isinstance(value, list):
            value = ",".join(f'"{v}"' for v in value)
        words.append(f"{name.replace('__', '.')}={urllib.parse.quote(str(value), safe='')}")
    return api.call("GET", f"/{path}" + ("?" + "&".join(words) if words else ""))


def post(path, **body):
    return api.call("POST", f"/{path}", body)


def refused(kind, path, **body):
    error = api.refused(400, "POST", f"/{path}", body)
    same(error["type"], kind, f"the type of the error of {path}")
    return error


def all_of(path, name, **body):
    """Every row of a list, three at a time, there and back."""
    rows, pages, cursor = [], [], None
    while True:
        page = post(path, limit=3, **body, **({"cursor": cursor} if cursor else {}))
        rows += page[name]
        pages.append([r["id"] for r in page[name]])
        cursor = page.get("next_cursor")
        if not cursor:
            break
    for ids in reversed(pages[:-1]):
        page = post(path, limit=3, mode="before", cursor=page["prev_cursor"], **body)
        same([r["id"] for r in page[name]], ids, f"a page of {path} on the way back")
    same("prev_cursor" in page, False, "prev_cursor on the first page")
    return rows


def names(links, end):
    return sorted(link[end]["display_id"] for link in links)


# ---- who calls, and what the product is ----

me = get("dev-users.self")["dev_user"]
same(me["display_id"], "DEVU-1", "the caller")
helpers = [u["id"] for u in get("dev-users.list", state=["active"], sort_by=["full_name:asc"])["dev_users"]]
same(len(helpers), 3, "active dev users")
product = post("parts.create", type="product", name="Kiosk", owned_by=[me["id"]])["part"]
payment = post("parts.create", type="capability", name="Pay", owned_by=helpers[:1], parent_part=[product["id"]])["part"]
reader = post("parts.create", type="feature", name="Card reader", owned_by=helpers[:2], parent_part=[payment["id"]])["part"]
error = refused("value_not_permitted", "parts.create", type="capability", name="Astray", owned_by=helpers[:1], parent_part=[reader["id"]])
same(error["field_name"], "parent_part", "what is wrong with a part")
below = get("parts.list", parent_part__parts=[product["id"]])["parts"]
same([p["name"] for p in below], ["Pay", "Card reader"], "what is below the product")

# ---- customers complain ----

account = post("accounts.create", display_name="Corner shops", domains=["corner.example.com"])
customer = post("rev-users.create", display_name="Casey", email="casey@corner.example.com", account=account["account"]["id"])
same(customer["rev_user"]["email"], "casey@corner.example.com", "the customer")


def ticket(title, **more):
    body = dict(type="ticket", title=title, applies_to_part=reader["display_id"], owned_by=[me["id"]], **more)
    made = post("works.create", **body)["work"]
    same(made["stage"]["name"], "queued", "the stage of a new ticket")
    return made


urgent = post("tags.create", name="urgent", style_new={"color": "#c0392b"})["tag"]
first = ticket("The reader beeps and nothing happens", severity="high", external_ref="SHOP-1", tags=[{"id": urgent["id"]}])
second = ticket("No receipt after the beep", severity="low", external_ref="SHOP-2")
same(api.refused(409, "POST", "/works.create", dict(type="ticket", title="T", applies_to_part=reader["id"], owned_by=[me["id"]], external_ref="SHOP-1"))["type"], "conflict", "a ref that is taken")
same(get("works.list", external_ref=["SHOP-1", "SHOP-2"], type=["ticket"])["works"], [first, second], "the tickets, found by their refs")
post("timeline-entries.create", object=first["id"], type="timeline_comment", body="We are looking into it.", visibility="external")

# ---- triage: one ticket becomes three issues, made by three callers at once ----

issues = []


def triage(title, priority):
    mine = Client(PORT)
    made = mine.call("POST", "/works.create", dict(type="issue", title=title, applies_to_part=reader["id"], owned_by=helpers[:1], priority=priority))
    mine.call("POST", "/links.create", dict(link_type="is_dependent_on", source=first["id"], target=made["work"]["id"]))
    issues.append(made["work"])


threads = [threading.Thread(target=triage, args=a) for a in (("Retry the reader", "p0"), ("Tell the clerk", "p1"), ("Log the beep", "p2"))]
for t in threads:
    t.start()
for t in threads:
    t.join()
issues.sort(key=lambda w: w["priority"])
same(len({w["display_id"] for w in issues}), 3, "display ids of the issues")
depends = get("links.list", object=first["display_id"], direction="is_source", link_type=["is_dependent_on"])["links"]
same(names(depends, "target"), sorted(w["display_id"] for w in issues), "what the ticket depends on")
same(names(get("links.list", object=issues[0]["id"])["links"], "source"), [first["display_id"]], "what depends on the issue")
error = refused("bad_request", "links.create", link_type="is_dependent_on", source=issues[0]["id"], target=first["id"])
same("turn the ends around" in error["detail"], True, "the advice")

# One of them is a part of the work of another, and blocks it in words of the organization's own.
kind = post(
    "link-types.custom.create",
    name="blocks",
    forward_name="blocks",
    backward_name="is blocked by",
    source_types=[{"leaf_type": "issue"}],
    target_types=[{"leaf_type": "issue"}],
)["custom_link_type"]
post("links.create", link_type="is_parent_of", source=issues[0]["id"], target=issues[1]["id"])
refused("bad_request", "links.create", link_type="is_parent_of", source=issues[1]["id"], target=issues[0]["id"])
blocks = post("links.create", custom_link_type=kind["id"], source=issues[0]["id"], target=issues[1]["id"])["link"]
same(blocks["link_type"], "custom_link", "the stock type of a custom link")
refused("bad_request", "links.create", custom_link_type=kind["id"], source=issues[0]["id"], target=first["id"])
moved = post("links.replace", id=blocks["id"], custom_link_type=kind["id"], source=issues[0]["id"], target=issues[2]["id"])["link"]
same(api.refused(404, "GET", f"/links.get?id={urllib.parse.quote(blocks['id'], safe='')}")["type"], "not_found", "the replaced link")
same(moved["target"]["title"], "Log the beep", "where the link leads now")

# ---- the second ticket is merged into the first ----

merge = dict(link_type="is_merged_into", source=second["id"], target=first["id"])
post("links.create", **merge)
error = refused("merge_works_error", "links.create", **merge)
same(error["errors"][0]["already_merged"], {"merged_into": first["id"]}, "where it was merged")

# ---- work: renamed, staged, closed ----

post("works.update", id=issues[0]["id"], title="Retry the reader three times")
titles = {link["target"]["title"] for link in get("links.list", object=first["id"], direction="is_source")["links"]}
same("Retry the reader three times" in titles, True, "the new title in the ticket's links")
error = refused("invalid_field", "works.update", id=issues[0]["id"], priority="p1")
same(error["field_name"], "priority", "what wants a type")
error = refused("value_not_permitted", "works.update", id=issues[0]["id"], stage={"name": "completed"})
same("in_development" in error["allowed_values"], True, "where a new issue may go")
for issue in issues:
    for stage in ("in_development", "in_review", "completed"):
        done = post("works.update", id=issue["id"], stage={"name": stage})["work"]
    same(done["stage"]["state"]["is_final"], True, "a closed issue")
    same("actual_close_date" in done, True, "the date on which it was closed")
same(post("works.count", type=["issue"], state=["open"], applies_to_part=[reader["id"]])["count"], 0, "open issues of the reader")
post("works.update", id=first["id"], type="ticket", severity="low", stage={"name": "resolved"}, tags={"remove": [{"id": urgent["id"]}]})
same(get("works.get", id=first["display_id"])["work"]["tags"], [], "tags of the resolved ticket")

story = [e["event"]["type"] if "event" in e else "said" for e in all_of("timeline-entries.list", "timeline_entries", object=first["id"])]
same(story[0], "created", "how the story begins")
same(sorted(story), ["created", "linked", "linked", "linked", "linked", "said", "updated"], "what happened to the ticket")

# ---- count, export, list ----

same(get("works.count", applies_to_part=[reader["id"]]), {"count": 5, "has_more": False}, "work on the reader")
same(get("works.count", type=["ticket"], ticket__severity=["low"], applies_to_part=[reader["id"]])["count"], 2, "low tickets")
exported = get("works.export", applies_to_part=[reader["id"]], state=["closed"], sort_by=["display_id:asc"])["works"]
same([w["display_id"] for w in exported], sorted([first["display_id"]] + [w["display_id"] for w in issues]), "what is exported")
same(len(get("works.export", first=2)["works"]), 2, "a short export")
listed = all_of("works.list", "works")
same(len(listed), get("works.count")["count"], "rows of all pages")
same(len({w["id"] for w in listed}), len(listed), "rows that come once")

# ---- and tidied up ----

post("works.delete", id=second["id"])
same(names(get("links.list", object=first["id"], direction="is_target")["links"], "source"), [], "what is merged into the ticket")
same(api.refused(404, "POST", "/works.get", {"id": second["id"]})["type"], "not_found", "a deleted ticket")
refused("bad_request", "parts.delete", id=payment["id"])
post("tags.delete", id=urgent["id"])
same(api.refused(404, "POST", "/tags.delete", {"id": urgent["id"]})["type"], "not_found", "a tag that was deleted twice")
same(Client(PORT, token=None).refused(401, "GET", "/works.list")["type"], "unauthenticated", "who does not say who they are")
print("the story of the ticket ends well")
